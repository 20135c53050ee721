"""The explorer as its tests meet it: served in this process, by the command, or exported; and plain requests."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from flows.cli import main
from flows.commands.explore import server_of
from flows.database import open_database
from flows.loopback import Loopback
from tests.conftest import PROJECT
from tests.processes import PATIENCE
from warehouse.explorer import Explorer


@contextmanager
def served(database: Path) -> Iterator[Loopback]:
    """The server, in a thread of this process."""
    with closing(open_database(database)) as connection, server_of(Explorer(connection)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def commanded(database: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and its address; ended by Ctrl-C."""
    command = [sys.executable, "-m", "flows.cli", "explore", "--no-browser", "--warehouse", str(database.parent)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, cwd=PROJECT) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout
            address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert address
            yield process, address[0]
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        finally:
            process.kill()


def exported(database: Path, path: Path) -> str:
    """Export to a file, and give its address."""
    with pytest.raises(SystemExit) as end:
        main(["explore", "--warehouse", str(database.parent), "--export", str(path), "--force"])
    assert not end.value.code
    return path.as_uri()


def asked(
    address: str, path: str = "/", method: str = "GET", **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    """Status, text and headers of the answer to one request."""
    host = address.removeprefix("http://").removesuffix("/")
    with closing(http.client.HTTPConnection(host, timeout=PATIENCE)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers
