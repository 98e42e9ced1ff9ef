"""An HTTP/1.1 server that keeps what arrives, byte for byte, and answers by path; with TLS where it is told to."""

import asyncio
import os
import pathlib
import socket
import ssl
import subprocess
import threading

SQUALL = os.environ.get("SQUALL_BINARY") or str(pathlib.Path(__file__).resolve().parents[2] / "build" / "squall")


class Request:
    def __init__(self, head, body):
        self.head = head.decode("latin-1")
        lines = self.head.split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.names = [line.partition(":")[0] for line in lines[1:] if line]
        self.headers = {name.lower(): value.strip() for name, _, value in
                        (line.partition(":") for line in lines[1:] if line)}
        self.body = body


class LoopServer:
    """An asyncio server of `self.handle` on a thread of its own, with `port` and `url`."""

    def begin(self, host="127.0.0.1", tls=None):
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        def serve():
            asyncio.set_event_loop(self.loop)
            self.loop.set_exception_handler(self.note)
            self.server = self.loop.run_until_complete(
                asyncio.start_server(self.handle, host, 0, backlog=512, ssl=tls))
            started.set()
            self.loop.run_forever()
            # Gone with all its connections, as a process that ends.
            self.server.close()
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()
        assert started.wait(5)
        self.port = self.server.sockets[0].getsockname()[1]
        name = "[%s]" % host if ":" in host else host
        self.url = "%s://%s:%d" % ("https" if tls else "http", name, self.port)

    def note(self, loop, context):
        """What goes wrong in the loop itself."""
        loop.default_exception_handler(context)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)


class Peer(LoopServer):
    """`answers`: {path without query: bytes of the whole answer, or a function of the request that makes them}."""

    def __init__(self, answers=None, tls=None, host="127.0.0.1"):
        self.answers = answers or {}
        self.tls = tls
        self.requests = []
        self.connections = 0
        self.resumed = 0
        self.failed_handshakes = 0
        self.begin(host, tls)

    def note(self, loop, context):
        self.failed_handshakes += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def total(self):
        return len(self.requests)

    async def handle(self, reader, writer):
        self.connections += 1
        secure = writer.get_extra_info("ssl_object")
        if secure is not None and secure.session_reused:
            self.resumed += 1
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while await self.one(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def one(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        request = Request(head[:-4], b"")
        request.body = await self.body_of(request, reader)
        self.requests.append(request)
        if request.method == "CONNECT":
            return await self.tunnel(request, reader, writer)
        path = request.target.partition("?")[0]
        path = path[path.find("/", path.find("://") + 3):] if "://" in path else path
        answer = self.answers.get(path, ok())
        answer = answer(request) if callable(answer) else answer
        writer.write(answer)
        return b"connection: close" not in answer.lower().partition(b"\r\n\r\n")[0]

    async def body_of(self, request, reader):
        body = b""
        if request.headers.get("transfer-encoding") != "chunked":
            return await reader.readexactly(int(request.headers.get("content-length", 0)))
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
        return body

    async def tunnel(self, request, reader, writer):
        if "connect" in self.answers:
            writer.write(self.answers["connect"])
            return False
        host, _, port = request.target.rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host.strip("[]"), int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

        async def copy(source, sink):
            try:
                while data := await source.read(65536):
                    sink.write(data)
                    await sink.drain()
            except ConnectionError:
                pass
            sink.close()

        await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
        return False


def answer(status, *headers, body=b""):
    lines = ["HTTP/1.1 %s" % status, *headers, "Content-Length: %d" % len(body), "", ""]
    return "\r\n".join(lines).encode() + body


def ok(body=b"ok", *headers):
    return answer("200 OK", *headers, body=body)


def load(*arguments, cwd=None, timeout=60, env=None):
    return subprocess.run([SQUALL, "load", *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          cwd=cwd, env={**os.environ, **(env or {})})
