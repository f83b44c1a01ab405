#!/usr/bin/python3
"""A stand-in for Neutron that answers each list request with an empty list.

Servers in the lab are created with `networks: none`.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ADDRESS, PORT = sys.argv[1], int(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    """Answers GET of the versions and of any list; every other request gets 404."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer `/` with the versions and `/v2.0/<list>` with an empty list."""
        path = self.path.partition("?")[0].strip("/").split("/")
        if path == [""]:
            link = {"rel": "self", "href": f"http://{ADDRESS}:{PORT}/v2.0/"}
            self._answer(200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": [link]}]})
        elif len(path) == 2 and path[0] == "v2.0":
            self._answer(200, {path[1].removesuffix(".json").replace("-", "_"): []})
        else:
            self._refuse()

    def _refuse(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        error = {"type": "NotFound", "message": "the lab has no networks: neutron is a stub", "detail": ""}
        self._answer(404, {"NeutronError": error})

    do_POST = do_PUT = do_DELETE = _refuse

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer((ADDRESS, PORT), Handler).serve_forever()
