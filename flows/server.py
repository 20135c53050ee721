"""A Prefect server of one's own on loopback, started for as long as it is needed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import UserError

HOST = "127.0.0.1"
# On an empty home and a busy machine the first start has taken 40 seconds.
PATIENCE = 180.0


@contextmanager
def local_server(port: int, log: Path) -> Iterator[str]:
    """Run a server on the port and give its address; what it says goes to the file `log`.

    Raises UserError when the port is taken, or the server does not start.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UserError(
                f"Port {port} of {HOST} cannot be used: {error.strerror}.",
                "Name another one with --port, or set PREFECT_API_URL to use a server that runs already.",
            ) from None
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    address = f"http://{HOST}:{port}"
    environment = os.environ | {"PREFECT_UI_API_URL": f"{address}/api"}
    # A group of its own: Ctrl-C reaches the schedule first, which stops serving before the server goes.
    with (
        log.open("ab") as said,
        subprocess.Popen(command, stdout=said, stderr=said, env=environment, start_new_session=True) as process,  # noqa: S603
    ):
        try:
            _wait(process, address, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=2):  # noqa: S310 (always http on loopback)
                return
        except OSError:
            time.sleep(0.2)
    raise UserError("Prefect's server did not start.", f"Its own words are in {log}.")
