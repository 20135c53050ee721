"""Serves the explorer's page and its answers to this machine alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from flows.errors import UserError

ADDRESS = "127.0.0.1"
# What a page could do with an answer that it fetched, besides reading it.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Loopback(ThreadingHTTPServer):
    """A server on the loopback interface: `/` is the page, `/answer?question=...&about=...` one answer as JSON.

    `answer` gives the JSON text, or None where there is none; it is called by one thread at a time. Port 0
    takes a free one. UserError when the port is taken.
    """

    daemon_threads = True

    def __init__(self, page: str, policy: str, answer: Callable[[str, str], str | None], port: int = 0):
        try:
            super().__init__((ADDRESS, port), _Request)
        except (OSError, OverflowError) as error:
            raise UserError(f"Port {port} cannot be used: {error}", "Leave --port out to take a free one.") from error
        self.page = page
        self.policy = f"{policy}; frame-ancestors 'none'"
        self.address = f"http://{ADDRESS}:{self.server_port}/"
        self._answer = answer
        self._lock = Lock()

    def answer(self, question: str, about: str) -> str | None:
        """The answer as JSON text; None where there is none."""
        with self._lock:
            return self._answer(question, about)

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over browsers that have gone before they were answered; any other error is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def hosts(self) -> set[str]:
        """The names under which it answers: a foreign name that leads here could read along."""
        return {f"{name}:{self.server_port}" for name in (ADDRESS, "localhost")}


class _Request(BaseHTTPRequestHandler):
    server: Loopback
    timeout = 60

    def do_GET(self) -> None:
        """Answer with the page, an answer, or why there is none."""
        asked = urlsplit(self.path)
        if self.headers.get("Host") not in self.server.hosts:
            self._say(HTTPStatus.FORBIDDEN, "This server answers on 127.0.0.1 only.")
        elif asked.path == "/":
            self._send(HTTPStatus.OK, "text/html", self.server.page)
        elif asked.path == "/answer":
            self._give(parse_qs(asked.query, max_num_fields=8))
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _give(self, fields: dict[str, list[str]]) -> None:
        try:
            found = self.server.answer(fields.get("question", [""])[0], fields.get("about", [""])[0])
        except UserError as error:
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, f"{error} {error.remedy or ''}".strip())
            return
        if found is None:
            self._say(HTTPStatus.NOT_FOUND, "The warehouse has nothing of that name.")
        else:
            self._send(HTTPStatus.OK, "application/json", found)

    def _refuse(self) -> None:
        self._say(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET is answered.")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = _refuse  # noqa: N815

    def _say(self, status: HTTPStatus, text: str) -> None:
        self._send(status, "text/plain", text)

    def _send(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.server.policy)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """Name the server, without versions."""
        return "parcferme"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet: the page says what is wrong."""
