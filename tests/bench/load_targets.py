"""What the load generator is pointed at: nginx, and a server whose times are known."""

import json
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from measure import Server, compiled

# 307 bytes of JSON, as in the comparison of load generators that the bars come from.
BODY = json.dumps({"id": 4711, "name": "Bob", "address": "1 Main Street, Springfield", "tags": ["a", "b", "c"], "pad": "x" * 214},
                  separators=(",", ":"))
NGINX = """daemon off; worker_processes 1; worker_rlimit_nofile %(files)d; pid %(folder)s/pid; error_log %(folder)s/error.log;
events { worker_connections %(connections)d; }
http { access_log off; keepalive_requests 1000000000; default_type application/json;
  client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b; fastcgi_temp_path %(folder)s/c; uwsgi_temp_path %(folder)s/d; scgi_temp_path %(folder)s/e;
  server { listen 127.0.0.1:%(port)d %(listen)s; %(certificate)s location / { return 200 '%(body)s'; } } }
"""


def has_nginx():
    if shutil.which("nginx") is not None:
        return True
    print("  left out: nginx is not installed ('apt-get install nginx-light')")
    return False


def can_open(files):
    """Whether this process and its children may open so many files; raises the soft limit as far as that needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < files:
        print("  left out: %d files may be open at once here ('ulimit -Hn'), and this needs %d" % (hard, files))
        return False
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return True


class Nginx:
    """One worker that answers every GET with the body. `listen`: "http2", "ssl http2"; nothing: HTTP/1.1."""

    def __init__(self, connections=4096, listen=""):
        self.folder = tempfile.TemporaryDirectory()
        certificate = ""
        if "ssl" in listen:
            certificate = "ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem;" % (self.folder.name, self.folder.name)
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                            "-subj", "/CN=127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
                           cwd=self.folder.name, check=True, capture_output=True)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        config = pathlib.Path(self.folder.name) / "nginx.conf"
        config.write_text(NGINX % {"folder": self.folder.name, "port": port, "body": BODY, "connections": connections,
                                   "files": connections + 64, "listen": listen, "certificate": certificate})
        self.process = subprocess.Popen(["nginx", "-c", str(config), "-p", self.folder.name], stderr=subprocess.DEVNULL)
        self.url = "%s://127.0.0.1:%d/" % ("https" if "ssl" in listen else "http", port)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.folder.cleanup()


class TimedServer(Server):
    """tests/bench/timed_server.c; when it has been stopped, what it measured itself."""

    def __init__(self, delay_us, every_ms=0, stall_ms=0):
        super().__init__(lambda _: [str(compiled("timed_server")), str(delay_us), str(every_ms), str(stall_ms)])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        figures = dict(re.findall(r"(\w+)=(\d+)", self.process.stdout.read()))
        self.process.wait(10)
        self.folder.cleanup()
        self.p99_ms = int(figures["p99_us"]) / 1000
        self.connections = int(figures["connections"])
