"""Answers to the requests of any collection, the same whenever the same is asked.

Of sixteen requests nine get the first or the last answer that the collection has saved for them (a schema that a test
asks for is then met, or nearly), the others a 404, a 500 that is no JSON, a list, a 401 as text, a 204, or an object
with the names that tests like to read. A quarter sets a cookie. Which it is follows from method and path.
"""

import re
import urllib.parse
import zlib

from postman_echo import JSON, answer, answer_json

LISTED = [{"id": i, "name": "n%d" % i, "tags": ["a"]} for i in range(3)]


def items_of(node):
    for item in node.get("item") or []:
        if "item" in item:
            yield from items_of(item)
        elif isinstance(item.get("request"), dict):
            yield item


def path_pattern(url):
    """Matches the paths that a request's URL may become, at the end of whatever {{baseUrl}} was."""
    path = url.get("path", []) if isinstance(url, dict) else urllib.parse.urlsplit(url).path.split("/")
    parts = re.split(r"(\{\{.*?\}\}|(?<=/):[^/]+)", "/" + "/".join(path).lstrip("/"))
    return re.compile(".*" + "".join("[^/]*" if i % 2 else re.escape(part) for i, part in enumerate(parts)))


def content_type(saved):
    kinds = [header["value"] for header in saved.get("header") or [] if header["key"].lower() == "content-type"]
    return ("Content-Type", kinds[0]) if kinds and re.fullmatch(r"[\w/+.;=* -]+", kinds[0]) else JSON


class SavedAnswers:
    """A function of the request, for PostmanEcho's `otherwise`."""

    def __init__(self, collection):
        self.saved = [(item["request"].get("method", "GET"), path_pattern(item["request"]["url"]), item["response"])
                      for item in items_of(collection) if item.get("response") and item["request"].get("url")]
        self.found = {}

    def saved_for(self, method, path):
        if (method, path) not in self.found:
            rows = [rows for one, pattern, rows in self.saved if one == method and pattern.fullmatch(path)]
            self.found[method, path] = rows[0] if rows else []
        return self.found[method, path]

    def __call__(self, request):
        path = request.target.partition("?")[0]
        seed = zlib.crc32((request.method + path).encode())
        pick = seed % 16
        cookies = [("Set-Cookie", "c%d=v%d; Path=/" % (seed >> 16 & 3, seed >> 20 & 7))] if seed >> 8 & 3 == 0 else []
        rows = self.saved_for(request.method, path) if pick < 9 else []
        if rows:
            row = rows[0 if pick < 7 else -1]
            return answer(row.get("code") or 200, row.get("body") or "", content_type(row), *cookies)
        return self.other(request, pick, seed, cookies)

    def other(self, request, pick, seed, cookies):
        if pick == 9:
            return answer_json({"error": {"code": "NOT_FOUND"}, "message": "nothing here"}, 404, *cookies)
        if pick == 10:
            return answer(500, "<html><body>Internal Server Error</body></html>", ("Content-Type", "text/html"), *cookies)
        if pick == 11 and request.method != "GET":
            return answer(204, b"", *cookies)
        if pick == 12:
            return answer_json(LISTED, 200, *cookies)
        if pick == 13:
            return answer(401, "unauthorized", ("WWW-Authenticate", "Bearer"), ("Content-Type", "text/plain"), *cookies)
        return answer_json({"id": "%08x" % seed, "name": "thing", "data": {"id": seed & 1023, "items": [1, 2, 3]}, "nothing": None,
                            "active": bool(seed & 1), "price": 12.5, "items": [{"id": 1}, {"id": 2}], "access_token": "token-%x" % seed,
                            "path": request.target, "message": "hello", "bytes": len(request.body)},
                           201 if request.method == "POST" else 200, *cookies)
