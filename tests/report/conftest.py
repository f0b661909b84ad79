"""A real browser without a screen, spoken to through two pipes, and small folders to report on."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-pipe", "about:blank",
)  # fmt: skip
DEADLINE = 60.0
DRAWN = """document.readyState === "complete"
  && (!document.querySelector(".plot") || document.documentElement.dataset.drawn === "yes")"""
LOOKED_AT = """(() => {
  const plots = [...document.querySelectorAll(".plot")].map(div => {
    const svg = div.querySelector("svg.main-svg"), none = {width: 0, height: 0, right: 0}
    const box = svg ? svg.getBoundingClientRect() : none
    const marks = svg ? svg.querySelectorAll(".point, .bars path, .js-line").length : 0
    return {width: box.width, height: box.height, right: box.right, marks}
  })
  return {plots, scrolls: document.documentElement.scrollWidth, inner: innerWidth,
    ink: getComputedStyle(document.body).color, page: getComputedStyle(document.body).backgroundColor}
})()"""


class Browser:
    """Chromium, by its own protocol (DevTools) over pipes: no library, no port."""

    def __init__(self, executable: str, profile: Path) -> None:
        reads, self._write = os.pipe()
        self._read, writes = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (reads, writes)]  # 3 and 4 are what it speaks by
        command = [
            "bash", "-c", f'exec 3<&{high[0]} 4>&{high[1]}; exec "$@"', "_",
            executable, f"--user-data-dir={profile}", *FLAGS,
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, pass_fds=high, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for fd in (reads, writes, *high):
            os.close(fd)
        os.set_blocking(self._read, False)
        self._pending, self._number = b"", 0
        self.events: list[dict[str, Any]] = []
        self.session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self.session and not method.startswith("Target."):
            message["sessionId"] = self.session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + DEADLINE
        while b"\0" not in self._pending:
            assert time.monotonic() < deadline, "Chromium does not answer"
            try:
                self._pending += os.read(self._read, 1 << 20)
            except BlockingIOError:
                time.sleep(0.01)
        message, _, self._pending = self._pending.partition(b"\0")
        return dict(json.loads(message))

    def look(self, page: Path, width: int, *, picture: Path, dark: bool = False) -> dict[str, Any]:
        """Open a page; what is drawn, what went wrong, what it asked the network for."""
        self.events.clear()
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)
        self.call("Page.navigate", url=page.resolve().as_uri())
        deadline = time.monotonic() + DEADLINE
        while not self.evaluate(DRAWN):
            assert time.monotonic() < deadline, "the pictures are not drawn"
            time.sleep(0.05)
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=self._clip(width))
        picture.write_bytes(base64.b64decode(shot["data"]))
        found = dict(self.evaluate(LOOKED_AT))
        found["wrong"] = [event for event in self.events if _is_wrong(event)]
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        urls = [event["params"]["request"]["url"] for event in sent]
        found["asked"] = [url for url in urls if not url.startswith(("file:", "data:", "blob:"))]
        return found

    def evaluate(self, expression: str) -> Any:
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def _clip(self, width: int) -> dict[str, float]:
        height = self.evaluate("document.documentElement.scrollHeight")
        return {"x": 0, "y": 0, "width": width, "height": min(height, 8000), "scale": 1}

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        os.close(self._read)
        os.close(self._write)


def _is_wrong(event: dict[str, Any]) -> bool:
    method, params = event.get("method"), event.get("params", {})
    return (
        method == "Runtime.exceptionThrown"
        or (method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"))
        or (method == "Log.entryAdded" and params["entry"]["level"] == "error")
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium as Debian has it; ``.ci/run`` installs it."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    found = Browser(executable, tmp_path_factory.mktemp("profile"))
    yield found
    found.close()
