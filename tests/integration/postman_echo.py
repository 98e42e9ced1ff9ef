"""A stand-in for postman-echo.com, and for every other host that a collection names.

It is reached as an HTTP proxy, so that collections are run as they are: http:// requests come with their whole
address, https:// ones through CONNECT, where it shows a certificate of its own (run with -k). Nothing leaves the
machine, and every request is kept as it arrived: method, target, headers in their order and case, body.

Answers have Postman Echo's shapes (https://www.postman.com/postman/published-postman-templates/documentation/ae2ja6x/postman-echo),
and the same bytes for the same request, whoever asks: what names the client or is drawn anew for each request
(User-Agent, Postman-Token, the boundary of a form, nonces and what is signed with them) is echoed as a fixed word.
"""

import base64
import datetime
import gzip
import hashlib
import hmac
import json
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
import zlib

DRAWN = {"user-agent": "PostmanRuntime/0.0.0", "postman-token": "00000000-0000-4000-8000-000000000000"}
JSON = ("Content-Type", "application/json; charset=utf-8")
HTML = ("Content-Type", "text/html; charset=utf-8")
REASONS = {100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 301: "Moved Permanently", 302: "Found",
           303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 418: "I'm a Teapot",
           429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
           503: "Service Unavailable"}


class Request:
    """One request as it arrived. `authority` is host[:port] of the address, `target` begins with a slash."""

    def __init__(self, scheme, authority, method, target, headers, body):
        self.scheme, self.authority, self.method, self.target = scheme, authority, method, target
        self.headers, self.body = headers, body
        self.signed = None  # whether what is drawn and signed in Authorization is right, where it was looked at
        path, _, query = target.partition("?")
        self.path = re.sub("//+", "/", path)
        self.args = {}
        for name, value in pairs(query):
            add(self.args, name, value)
        boundary = re.search(r'boundary="?([^";]+)', self.header("content-type") or "")
        self.boundary = boundary and boundary[1]

    def header(self, name):
        return next((value for one, value in self.headers if one.lower() == name), None)

    @property
    def url(self):
        path, _, query = self.target.partition("?")
        return "%s://%s%s%s" % (self.scheme, self.authority, self.path, self.target[len(path):])

    def steady(self, name, value):
        """The header's value without what is drawn anew for each request."""
        if name.lower() == "authorization" and not value.startswith(("Basic ", "Bearer ")):
            return value.split(" ")[0]
        value = DRAWN.get(name.lower(), value)
        return value.replace(self.boundary, "BOUNDARY") if self.boundary else value

    @property
    def seen(self):
        """The headers as Postman Echo shows them."""
        shown = {}
        for name, value in self.headers:
            if name.lower() != "connection":
                shown[name.lower()] = self.steady(name, value)
        return {"x-forwarded-proto": self.scheme, "x-forwarded-port": "443" if self.scheme == "https" else "80", **shown}


def pairs(text):
    return [(urllib.parse.unquote_plus(name), urllib.parse.unquote_plus(value))
            for name, _, value in (part.partition("=") for part in text.split("&") if part)]


def add(into, name, value):
    """A name that comes again makes a list."""
    if name not in into:
        into[name] = value
    else:
        into[name] = (into[name] if isinstance(into[name], list) else [into[name]]) + [value]


def answer(status, body=b"", *headers, reason=None):
    return status, reason or REASONS.get(status, "Unknown"), list(headers), body.encode() if isinstance(body, str) else body


def answer_json(value, status=200, *headers):
    return answer(status, json.dumps(value, separators=(",", ":"), ensure_ascii=False), JSON, *headers)


# --- Postman Echo, path by path -----------------------------------------------------------------

def forms(request):
    """(form, files) of a multipart or urlencoded body."""
    form, files = {}, {}
    if request.boundary:
        for part in request.body.split(b"--" + request.boundary.encode())[1:-1]:
            head, _, content = part[2:-2].partition(b"\r\n\r\n")
            name, file = (re.search(rb'[ ;]%s="([^"]*)"' % key, head) for key in (b"name", b"filename"))
            if file:
                files[file[1].decode()] = "data:application/octet-stream;base64," + base64.b64encode(content).decode()
            elif name:
                add(form, name[1].decode(), content.decode("utf-8", "replace"))
    else:
        for name, value in pairs(request.body.decode("utf-8", "replace")):
            add(form, name, value)
    return form, files


def echo(request):
    kind = request.header("content-type") or ""
    is_form = bool(request.boundary) or kind.startswith("application/x-www-form-urlencoded")
    form, files = forms(request) if is_form else ({}, {})
    data, parsed = {} if is_form or not request.body else request.body.decode("utf-8", "replace"), None
    if kind.startswith("application/json"):
        try:
            data = parsed = json.loads(request.body)
        except ValueError:
            pass
    return answer_json({"args": request.args, "data": data, "files": files, "form": form, "headers": request.seen,
                        "json": form if is_form and not request.boundary else parsed, "url": request.url})


def echo_get(request):
    if request.method == "OPTIONS":
        return answer(200, "GET,HEAD", HTML, ("Allow", "GET,HEAD"))
    return answer_json({"args": request.args, "headers": request.seen, "url": request.url})


def answer_type(request):
    kind = request.path.split("/")[2]
    return answer(200, {"html": "<!DOCTYPE html>\n<html>\n<head><title>Echo</title></head>\n<body><h1>Hello World!</h1></body>\n</html>\n",
                        "xml": '<?xml version="1.0" encoding="utf-8"?>\n<food>\n\t<key>Homestyle Breakfast</key>\n\t<value>950</value>\n</food>\n',
                        "json": "{}"}.get(kind, ""), ("Content-Type", "application/%s; charset=utf-8" % kind))


def answer_status(request):
    status = int(request.path.split("/")[2])
    return answer_json({"status": status}, status)


def redirect_to(request):
    url = request.args.get("url", "")
    return answer(302, "Found. Redirecting to " + url, HTML, ("Location", url))


def cookies(request):
    sent = [pair.strip().partition("=") for pair in (request.header("cookie") or "").split(";") if pair.strip()]
    return answer_json({"cookies": {name: urllib.parse.unquote(value) for name, _, value in sent}}, 200, SESSION)


SESSION = ("Set-Cookie", "sails.sid=s%3A0123456789; Path=/; HttpOnly")


def cookies_set(request):
    return answer(302, "Found. Redirecting to /cookies", HTML, ("Location", "/cookies"),
                  *(("Set-Cookie", "%s=%s; Path=/" % pair) for pair in request.args.items()), SESSION)


def cookies_delete(request):
    return answer(302, "Found. Redirecting to /cookies", HTML, ("Location", "/cookies"),
                  *(("Set-Cookie", name + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT") for name in request.args), SESSION)


def response_headers(request):
    headers = []
    for name, value in request.args.items():
        if name.lower() == "content-type":
            value = re.sub(r";\s+", "; ", value) + ("" if "charset" in value.lower() else "; charset=utf-8")
        headers.append((name, value))
    if "Content-Type" not in request.args:
        headers.append(JSON)
    return answer(200, json.dumps(request.args, indent=4), *headers)


def compressed(request):
    coding = request.path.strip("/")
    text = json.dumps({{"gzip": "gzipped", "deflate": "deflated"}[coding]: True, "headers": request.seen, "method": request.method}, indent=2)
    body = gzip.compress(text.encode(), mtime=0) if coding == "gzip" else zlib.compress(text.encode())
    return answer(200, body, JSON, ("Content-Encoding", coding))


def utf8(request):
    return answer(200, "<h1>Unicode</h1>\n<p>∮ E⋅da = Q, ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, ⡌⠁⠧⠑ ⠼⠁⠒, Зарегистрируйтесь, 日本語, 🙂</p>\n", HTML)


def delay(request):
    seconds = float(request.path.split("/")[2])
    time.sleep(min(seconds, 10) * DELAY)
    return answer_json({"delay": request.path.split("/")[2]})


DELAY = 0.1  # of the seconds that are asked for: order is what matters, not how long


def stream(request):
    row = json.dumps({"args": request.args, "headers": request.seen, "url": request.url}, indent=2)
    return answer(200, row * int(request.path.split("/")[2]), JSON, ("Transfer-Encoding", "chunked"))


def random_bytes(request):
    return answer(200, bytes(i * 7 % 256 for i in range(int(request.path.split("/")[2]))), ("Content-Type", "application/octet-stream"))


def answer_time(request):
    """A few of the many; `timestamp` is a number of seconds, a day, or a day and a time."""
    name, args = request.path.split("/")[2], request.args
    text = args.get("timestamp", "2016-10-10")
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            then = datetime.datetime.strptime(text, form)
            break
        except ValueError:
            then = None
    if name == "now":
        return answer(200, "Mon, 10 Oct 2016 10:00:00 GMT", HTML)
    if name == "valid":
        return answer_json({"valid": then is not None})
    if name == "leap":
        return answer_json({"leap": then is not None and then.year % 4 == 0 and (then.year % 100 != 0 or then.year % 400 == 0)})
    if name in ("before", "after"):
        return answer_json({name: (text < args.get("target", "")) == (name == "before")})
    return answer_json({{"add": "sum", "subtract": "difference"}.get(name, name): str(then)})


# --- Postman Echo's logins ----------------------------------------------------------------------

def fields(request, scheme):
    """The fields of `Authorization: SCHEME name="value", …`; empty without it."""
    text = request.header("authorization") or ""
    if not text.lower().startswith(scheme + " "):
        return {}
    return {name: value for name, value in re.findall(r'(\w+)="?([^",]*)"?', text[len(scheme):])}


def basic(request):
    if request.header("authorization") == "Basic " + base64.b64encode(b"postman:password").decode():
        return answer_json({"authenticated": True})
    return answer(401, "Unauthorized", HTML, ("WWW-Authenticate", 'Basic realm="Users"'))


def md5(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def check_digest(request):
    """Whether `response` is right, for any address: clients keep a login for what follows it."""
    have = fields(request, "digest")
    if have:
        secret = md5(have.get("username", ""), have.get("realm", ""), "password")
        if have.get("algorithm") == "MD5-sess":
            secret = md5(secret, have["nonce"], have["cnonce"])
        action = [request.method, have.get("uri", "")]
        if have.get("qop") == "auth-int":
            action.append(hashlib.md5(request.body).hexdigest())
        middle = [have["nonce"]] + ([have["nc"], have["cnonce"], have["qop"]] if "qop" in have else [])
        request.signed = have.get("username") == "postman" and md5(secret, *middle, md5(*action)) == have.get("response")


def digest(request):
    if request.signed:
        return answer_json({"authenticated": True})
    return answer(401, "Unauthorized", HTML, ("WWW-Authenticate", 'Digest realm="Users", nonce="%s", qop="auth"' % ("ni1LiL0O37PRRhofWdCLmwFsnEtH1lew")))


def hawk(request):
    have = fields(request, "hawk")
    host, _, port = request.authority.partition(":")
    text = "\n".join(["hawk.1.header", have.get("ts", ""), have.get("nonce", ""), request.method, request.target, host.lower(),
                      port or ("443" if request.scheme == "https" else "80"), have.get("hash", ""), have.get("ext", ""), ""])
    if "app" in have:
        text += have["app"] + "\n" + have.get("dlg", "") + "\n"
    mac = hmac.new(b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn", text.encode(), "sha256").digest()
    request.signed = bool(have) and base64.b64encode(mac).decode() == have.get("mac")
    if request.signed:
        return answer_json({"status": "pass", "message": "Hawk Authentication Successful"})
    return answer(401, "rETRY", HTML)


def oauth1(request):
    """HMAC-SHA1 with the consumer's secret alone."""
    quoted = lambda text: urllib.parse.quote(text, safe="-._~")  # noqa: E731
    have = {name: urllib.parse.unquote(value) for name, value in fields(request, "oauth").items()}
    given = have.pop("oauth_signature", request.args.get("oauth_signature"))
    every = [*request.args.items(), *((name, value) for name, value in have.items() if name != "realm")]
    every = sorted((quoted(name), quoted(value)) for name, value in every if name != "oauth_signature")
    normal = "&".join("%s=%s" % pair for pair in every)
    base = "%s&%s&%s" % (request.method, quoted("%s://%s%s" % (request.scheme, request.authority, request.target.split("?")[0])), quoted(normal))
    mac = base64.b64encode(hmac.new(b"D%2BEdQ-gs%24-%25%402Nu7&", base.encode(), "sha1").digest()).decode()
    request.signed = given == mac
    if request.signed:
        return answer_json({"status": "pass", "message": "OAuth-1.0a signature verification was successful"})
    return answer_json({"status": "fail", "message": "HMAC-SHA1 verification failed", "base_uri": request.url.split("?")[0]}, 401)


def oauth2(request):
    if request.path.endswith("/token"):
        return answer_json({"access_token": "vp7jxTwqgczoFHs0uIdOvv4VdBWmvCkb", "token_type": "Bearer", "expires_in": 3600})
    if request.path.endswith("/info"):
        return answer_json({"user_id": "631643", "name": "Postman"})
    return answer(200, "<html><body>Allow?</body></html>", HTML)


ECHO = [(re.compile(pattern + "/?$"), handler) for pattern, handler in (
    ("/get", echo_get), ("/(post|put|patch|delete)", echo), ("/headers", lambda request: answer_json({"headers": request.seen})),
    (r"/type/\w+", answer_type), (r"/status/\d+", answer_status), ("/redirect-to", redirect_to), ("/cookies", cookies),
    ("/cookies/set", cookies_set), ("/cookies/delete", cookies_delete), ("/response-headers", response_headers),
    ("/(gzip|deflate)", compressed), ("/encoding/utf8", utf8), (r"/delay/[\d.]+", delay), (r"/stream/\d+", stream),
    (r"/bytes/\d+", random_bytes), (r"/time/\w+", answer_time), ("/basic-auth", basic), ("/digest-auth", digest), ("/(auth/)?hawk", hawk),
    ("/oauth1", oauth1), ("/oauth2/.+", oauth2), ("/ip", lambda request: answer_json({"ip": "127.0.0.1"})),
    ("/transform/collection", lambda request: answer_json({"error": "not here"}, 400)))]


def postman_echo(request):
    for pattern, handler in ECHO:
        if pattern.match(request.path):
            return handler(request)
    return answer_json({"error": "Not Found", "path": request.path}, 404)


# --- the servers that newman's own tests start beside it ----------------------------------------

def raw_echo(request):
    """newman's test/fixtures/servers: the request's bytes, in a header and as the body."""
    lines = ["%s %s HTTP/1.1" % (request.method, request.target), *("%s: %s" % (name, request.steady(name, value)) for name, value in request.headers)]
    body = request.body.decode("utf-8", "replace")
    text = "\r\n".join([*lines, "", ""]) + (body.replace(request.boundary, "BOUNDARY") if request.boundary else body)
    return answer(200, text, ("connection", "close"), ("content-type", "text/plain"), ("raw-request", json.dumps(text)), reason="ok")


def redirects(request):
    """/N is redirected N times, /status/N once with that status; what comes then is echoed."""
    hops, status = re.match(r"/(\d+)$", request.target), re.match(r"/status/(\d+)$", request.target)
    if hops:
        return answer(302, b"", ("location", "/%d" % (int(hops[1]) - 1) if int(hops[1]) > 1 else "/"))
    if status:
        return answer(int(status[1]), b"", ("location", "/"))
    data = request.body.decode("utf-8", "replace")
    headers = {name.lower(): request.steady(name, value) for name, value in request.headers}
    return answer(200, json.dumps({"url": request.target, "method": request.method, "headers": headers,
                                   "data": data.replace(request.boundary, "BOUNDARY") if request.boundary else data}),
                  ("connection", "close"), ("Content-Type", "application/json"))


def to_https(request):
    if request.scheme == "http":
        return answer(301, b"", ("Location", "https://%s%s" % (request.authority, request.target)))
    return answer(200, "<html><title>%s</title></html>\n" % request.authority, HTML)


def anywhere(request):
    """A host of which nothing is known: tells what was asked, and nothing that could differ."""
    return answer_json({"host": request.authority, "method": request.method, "path": request.target, "ok": True})


SITES = {"postman-echo.com": postman_echo, "www.postman-echo.com": postman_echo, "echo.getpostman.com": postman_echo,
         "localhost:4041": raw_echo, "localhost:4042": redirects, "google.com": to_https, "github.com": to_https}


# --- the proxy ----------------------------------------------------------------------------------

class Gone(Exception):
    pass


class Connection:
    """Requests off a socket, one after the other; TLS from the first CONNECT on."""

    def __init__(self, owner, plain):
        self.owner, self.socket = owner, plain
        self.file = plain.makefile("rb")
        self.scheme, self.authority = "http", None

    def line(self):
        line = self.file.readline(1 << 20)
        if not line.endswith(b"\n"):
            raise Gone()
        return line.rstrip(b"\r\n").decode("latin-1")

    def read(self):
        method, target, _ = self.line().split(" ", 2)
        headers = []
        while line := self.line():
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        have = {name.lower(): value for name, value in headers}
        if have.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.line(), 16):
                body += self.file.read(size)
                self.line()
            self.line()
        else:
            body = self.file.read(int(have.get("content-length", 0)))
        authority = self.authority or have.get("host", "")
        absolute = re.match(r"(https?)://([^/?]*)(.*)", target)
        if absolute:
            authority, target = absolute[2], absolute[3] if absolute[3].startswith("/") else "/" + absolute[3]
        return Request(self.scheme, authority, method, target, headers, body)

    def tunnel(self, request):
        self.socket.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        host, _, port = request.target.strip("/").rpartition(":")
        self.socket = self.owner.tls.wrap_socket(self.socket, server_side=True)
        self.file = self.socket.makefile("rb")
        self.scheme, self.authority = "https", host if port == "443" else host + ":" + port

    def write(self, request, status, reason, headers, body):
        names = {name.lower() for name, _ in headers}
        lines = ["HTTP/1.1 %d %s" % (status, reason), *("%s: %s" % pair for pair in headers)]
        if "transfer-encoding" in names:
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        elif status != 204:
            lines.append("Content-Length: %d" % len(body))
        head = "\r\n".join([*lines, "", ""]).encode("utf-8")
        self.socket.sendall(head if request.method == "HEAD" or status in (204, 304) else head + body)
        return ("connection", "close") not in headers

    def serve(self):
        try:
            going = True
            while going:
                request = self.read()
                if request.method == "CONNECT":
                    self.tunnel(request)
                    continue
                self.owner.requests.append(request)
                going = self.write(request, *self.owner.answer(request))
        except (Gone, OSError, ValueError):
            pass
        finally:
            self.socket.close()


class PostmanEcho:
    """
    sites:     {host or host:port: a function of the request, that makes the answer with answer() or answer_json()},
               over SITES
    otherwise: the same for all other hosts
    folder:    an empty one, for the certificate
    """

    def __init__(self, folder, sites=None, otherwise=anywhere):
        self.sites, self.otherwise = {**SITES, **(sites or {})}, otherwise
        self.requests = []
        certificate(folder)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(folder / "echo.pem", folder / "echo.key")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.proxy = "http://127.0.0.1:%d" % self.port
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def answer(self, request):
        check_digest(request)
        return self.sites.get(request.authority, self.otherwise)(request)

    def accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=Connection(self, plain).serve, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


def certificate(folder):
    """For any host: nobody is to look at its names."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                    "/CN=postman-echo.com", "-addext", "subjectAltName=DNS:postman-echo.com,DNS:localhost", "-keyout", "echo.key", "-out", "echo.pem"],
                   cwd=folder, check=True, capture_output=True)
