"""A headless Chromium for tests, driven over its DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
_SECONDS = 60.0  # long enough for a machine that has much else to do


def installed() -> str | None:
    """The Chromium of PARCFERME_CHROMIUM or of the system, if there is one."""
    return os.environ.get("PARCFERME_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page. `complaints` holds each error and warning of its console, and each uncaught exception."""

    def __init__(self, socket: ClientConnection):
        self._socket = socket
        self._sent = 0
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a method of the protocol, and give its result."""
        self._sent = number = self._sent + 1
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(_SECONDS))
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                return dict(message["result"])
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        about = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(about["exceptionDetails"]))
            case "Log.entryAdded" if about["entry"]["level"] in ("error", "warning"):
                self.complaints.append(about["entry"]["text"])
            case "Runtime.consoleAPICalled" if about["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(about["args"]))
            case "Page.javascriptDialogOpening":
                self.complaints.append(f"a dialog: {about['message']}")
                self.send("Page.handleJavaScriptDialog", accept=True)

    def look(self, width: int, height: int, scheme: str = "light") -> None:
        """Be so wide and so high, in `light` or `dark`."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        self.send("Emulation.setDeviceMetricsOverride", **metrics)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, address: str) -> None:
        """Load the page at an address, and wait until all of it is there."""
        self.send("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")
        self.send("Page.navigate", url=address)
        self.until("location.href !== 'about:blank'")
        self.go(str(self.run("location.hash")))

    def go(self, to: str) -> None:
        """Go to another part of the page, and wait until all of it is there, charts and all."""
        self.run(f"location.hash = {json.dumps(to)}")
        self.until("document.querySelector('main')?.dataset.shown === location.hash")
        self.until("[...document.querySelectorAll('figure.chart')].every((figure) => figure.firstChild)")

    def run(self, script: str) -> Any:
        """The value of an expression."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait for a condition; while one page makes way for another, it may have no answer."""
        end = time.monotonic() + _SECONDS
        while not self._holds(condition):
            assert time.monotonic() < end, f"never came true: {condition}; the page says {self.text()[:500]}"
            time.sleep(0.02)

    def _holds(self, condition: str) -> bool:
        try:
            return bool(self.run(f"Boolean({condition})"))
        except AssertionError:
            return False

    def text(self) -> str:
        """All text that a reader sees."""
        return str(self.run("document.body?.innerText ?? ''"))

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.send("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press a key that has a name, such as Enter."""
        code = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}[key]
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def click(self, selector: str) -> None:
        """Click into the middle of the first such element, as a hand would."""
        self.until(f"document.querySelector({selector!r})")
        node = f"document.querySelector({selector!r})"
        self.run(f"{node}.scrollIntoView({{block: 'center'}})")
        box = self.run(
            f"(() => {{const r = {node}.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]}})()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        """Save what is in view as PNG."""
        found = self.send("Page.captureScreenshot")
        path.write_bytes(base64.b64decode(found["data"]))


@contextmanager
def chromium(program: str, profile: Path) -> Iterator[Tab]:
    """Start a browser with a new profile, and stop it at the end."""
    arguments = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with connect(
                _address(profile, process), open_timeout=_SECONDS, ping_interval=None, max_size=None
            ) as socket:
                yield Tab(socket)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS)
            process.kill()


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """The address of the first page, once the browser says on which port it listens."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            port = (profile / "DevToolsActivePort").read_text().splitlines()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_SECONDS) as answer:
                pages = [target for target in json.load(answer) if target["type"] == "page"]
            return str(pages[0]["webSocketDebuggerUrl"])
        except (OSError, ValueError, IndexError):
            time.sleep(0.05)
    raise AssertionError(f"the browser did not start; it ended with {process.poll()}")
