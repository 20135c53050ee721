"""A Prefect server of one's own on loopback, for as long as this process lives."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path
from random import sample

from flows.errors import UserError

HOST = "127.0.0.1"
# On an empty home and a busy machine the first start has taken 40 seconds.
PATIENCE = 180.0
# Ports that no system hands out by itself, be it to servers that ask for any or to those who call one.
UNASSIGNED = range(10_000, 32_768)
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded before there is a fork


def start_server(port: int, log: Path) -> str:
    """Start a server on the port and give the address of its API; what it says goes to the file `log`.

    Call it before Prefect is imported: at exit, Prefect then first sends off its last log lines and
    events, and the server stops after that. Raises UserError when the port is taken, or the server
    does not start.
    """
    _check(port)
    _ask_directly()
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    address = f"http://{HOST}:{port}"
    with log.open("ab") as said:
        # A session of its own: Ctrl-C reaches this process alone, which first stops what talks to the server.
        process = subprocess.Popen(  # noqa: S603
            command,
            stdout=said,
            stderr=said,
            env=os.environ | {"PREFECT_UI_API_URL": f"{address}/api"},
            start_new_session=True,
            preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509 (it takes no lock)
        )
    atexit.register(_stop, process)
    _wait(process, address, log)
    return f"{address}/api"


def reach(address: str | None) -> None:
    """Make sure that a server answers where PREFECT_API_URL says, if that is set; UserError where none does."""
    if address is None:
        return
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=10):  # noqa: S310 (the user's own address)
            pass
    except urllib.error.HTTPError:  # it answers, if only to those who are known
        pass
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        if not isinstance(reason, ssl.SSLError):  # whom to trust, Prefect has settings of its own for
            raise UserError(
                f"No Prefect server answers at {address}: {reason}.",
                "Start it, or unset PREFECT_API_URL for a server of this machine's own; `build --direct` needs none.",
            ) from None


def free_port() -> int:
    """A port of this machine that nothing listens on, nor is given by the system before a server has it."""
    for port in sample(UNASSIGNED, 100):
        with suppress(UserError):
            _check(port)
            return port
    raise UserError(f"No port of {HOST} can be used.", "Set PREFECT_API_URL to use a server that runs already.")


def _check(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise UserError(
                f"Port {port} of {HOST} cannot be used: {error}.",
                "Name another one with --port, or set PREFECT_API_URL to use a server that runs already.",
            ) from None


def _ask_directly() -> None:
    """Let no proxy that the user has set stand between this machine and itself."""
    hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{hosts},{HOST}" if hosts else HOST


def _die_with(parent: int) -> None:
    """On Linux, let the server end when the process that starts it is killed, too, however soon."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=2):  # noqa: S310 (always http on loopback)
                return
        except (OSError, HTTPException):
            time.sleep(0.2)
    raise UserError("Prefect's server did not start.", f"Its own words are in {log}.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
