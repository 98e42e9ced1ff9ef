"""An HTTP/2 server on the h2 package, whose answers are functions that may also misbehave; with TLS where it is told to."""

import contextlib
import socket
import ssl
import struct
import threading

import h2.config
import h2.connection
import h2.events
import h2.exceptions


class Request:
    """One request, and what its answer can do on the connection."""

    def __init__(self, served, stream, fields):
        self.served = served
        self.stream = stream
        self.fields = fields  # in the order that they came in
        self.body = b""

    def __getitem__(self, name):
        return dict(self.fields).get(name)

    def answer(self, status=200, body=b"ok", headers=(), trailers=()):
        h2 = self.served.h2
        h2.send_headers(self.stream, [(":status", str(status)), *headers])
        for at in range(0, len(body), 16384):
            h2.send_data(self.stream, body[at:at + 16384])
            self.served.flush()
        if trailers:
            h2.send_headers(self.stream, trailers, end_stream=True)
        else:
            h2.end_stream(self.stream)

    def interim(self, status, headers=()):
        self.served.h2.send_headers(self.stream, [(":status", str(status)), *headers])

    def reset(self, code):
        self.served.h2.reset_stream(self.stream, code)

    def goaway(self, last, code=0):
        """As a frame: the h2 package would refuse to go on behind it."""
        self.raw(frame(7, 0, 0, struct.pack(">II", last, code)))

    def raw(self, data):
        self.served.flush()
        self.served.socket.sendall(data)

    def close(self):
        self.served.flush()
        self.served.open = False


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


class Served:
    """One connection."""

    def __init__(self, peer, sock):
        self.peer, self.socket, self.open = peer, sock, True
        self.index = 0  # among the connections that carry requests
        self.requests = {}
        self.count = 0  # of requests so far
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=False, header_encoding="utf-8", validate_outbound_headers=False))
        self.h2.initiate_connection()
        if peer.settings:
            self.h2.update_settings(peer.settings)  # in force when they are acknowledged
        self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def serve(self):
        while self.open:
            data = self.socket.recv(65536)
            if not data:
                return
            for event in self.h2.receive_data(data):
                self.take(event)
            self.flush()

    def take(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.count += 1
            if self.count == 1:
                with self.peer.lock:
                    self.peer.connections += 1
                    self.index = self.peer.connections
            request = Request(self, event.stream_id, event.headers)
            self.requests[event.stream_id] = request
            early = self.peer.early.get(request[":path"])
            if early:
                early(request)
        elif isinstance(event, h2.events.DataReceived):
            self.requests[event.stream_id].body += event.data
            if self.peer.reads:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            request = self.requests.pop(event.stream_id)
            with self.peer.lock:
                self.peer.requests.append(request)
            self.peer.answers.get(request[":path"].partition("?")[0], Request.answer)(request)
        elif isinstance(event, h2.events.StreamReset):
            with self.peer.lock:
                self.peer.resets.append(event.error_code)


class Http2Peer:
    """`answers`: {path: function of the request}; `early`: the same, called before the body is there."""

    def __init__(self, answers=None, early=None, tls=None, settings=None, reads=True):
        self.answers, self.early = answers or {}, early or {}
        self.settings, self.tls, self.reads = settings, tls, reads
        self.requests, self.resets, self.connections = [], [], 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = "%s://127.0.0.1:%d" % ("https" if tls else "http", self.port)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(sock,), daemon=True).start()

    def handle(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ssl.SSLError, h2.exceptions.ProtocolError), sock:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            with sock:
                Served(self, sock).serve()
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    continue  # what is unread at the close would make it a reset

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
