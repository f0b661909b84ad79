"""Ctrl-C is answered within three seconds by one line, whatever the process is at."""

import signal
import subprocess
import sys
import time

import pytest

from proxyrank.common.interrupts import CODE, LINE

BUSY = {
    "asleep": "time.sleep(60)",
    "in Python": "while True: pass",
    "deaf": "while True:\n        try: time.sleep(60)\n        except KeyboardInterrupt: pass",
}


@pytest.mark.parametrize("how", BUSY)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_one_line_soon_after(how: str) -> None:
    code = (
        "import sys, time\nfrom proxyrank.cli import main\n"
        f"def busy():\n    print('at it', flush=True)\n    {BUSY[how]}\n"
        "import proxyrank.cli.app as commands\ncommands.app.command()(busy)\n"
        "sys.argv[1:] = ['busy']\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "at it\n"
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert errors == f"proxyrank: {LINE}\n"
    assert process.returncode == CODE
    assert time.monotonic() - start < 10  # 3 on an idle machine; what is not ended sleeps for 60
