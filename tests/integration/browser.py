"""A page in headless Chromium, driven over its debugging pipe: load, look, click. Needs no package."""

import base64
import fcntl
import itertools
import json
import os
import shutil
import signal
import tempfile

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)


class Browser:
    """One page. `errors` are the script errors, failed loads and console errors since it was opened."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self.to = os.pipe()
        self.back, theirs_out = os.pipe()
        # The browser reads commands from descriptor 3 and answers on 4: ours are moved out of their way first.
        high_in, high_out = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (theirs_in, theirs_out))
        null = os.open(os.devnull, os.O_RDWR)
        arguments = [CHROMIUM, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--no-first-run", "--disable-extensions", "--disable-background-networking", "--hide-scrollbars",
                     "--user-data-dir=" + self.folder.name, "about:blank"]
        moves = ((null, 1), (null, 2), (high_in, 3), (high_out, 4))
        self.pid = os.posix_spawn(CHROMIUM, arguments, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, *move) for move in moves])
        for fd in (theirs_in, theirs_out, high_in, high_out, null):
            os.close(fd)
        self.numbers, self.pending, self.errors, self.session, self.loads, self.network = itertools.count(1), b"", [], None, 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.to)
        os.close(self.back)
        self.folder.cleanup()

    def receive(self):
        while b"\0" not in self.pending:
            piece = os.read(self.back, 1 << 16)
            assert piece, "the browser has gone"
            self.pending += piece
        text, self.pending = self.pending.split(b"\0", 1)
        message = json.loads(text)
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(parameters["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Network.requestWillBeSent":
            self.network.append(parameters["request"]["url"])
        return message

    def call(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer.get("result", {})

    def open(self, path, width=1280, height=900, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        seen = self.loads
        self.call("Page.navigate", url="file://" + str(path))
        while self.loads == seen:
            self.receive()

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def click(self, selector, at_x=0.5, at_y=0.5):
        """A mouse click within the element, by shares of its box; scrolled into view first."""
        x, y = self.evaluate("""(() => { const node = document.querySelector(%s); node.scrollIntoView({block: "center"});
            const box = node.getBoundingClientRect(); return [box.left + box.width * %f, box.top + box.height * %f]; })()"""
                             % (json.dumps(selector), at_x, at_y))
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="none" if kind == "mouseMoved" else "left",
                      clickCount=0 if kind == "mouseMoved" else 1)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def text(self, selector):
        return self.evaluate("(({innerText, textContent}) => innerText ?? textContent)(document.querySelector(%s))" % json.dumps(selector))

    def screenshot(self, path):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        image = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                          clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        path.write_bytes(base64.b64decode(image["data"]))

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])
