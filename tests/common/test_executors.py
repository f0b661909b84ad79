"""Executors: every argument once, threads pinned, a GPU each, no worker left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from proxyrank.common._workers import THREAD_VARIABLES
from proxyrank.common.errors import MissingDependencyError, ProxyrankError
from proxyrank.common.executors import AHEAD, make_executor, on_processes, standing


def environment(name: str) -> str:
    time.sleep(0.05)
    return os.environ.get(name, "")


def suicide(text: str) -> str:
    if text == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return text


def wait_for_ever(pidfile: str) -> None:
    Path(pidfile).write_text(str(os.getpid()))
    time.sleep(600)


def test_every_argument_once_on_one_thread() -> None:
    found = dict(on_processes(2)(environment, [*THREAD_VARIABLES] * 4))
    assert sorted(found) == list(range(12))
    assert set(found.values()) == {"1"}


def test_each_process_sees_one_gpu_of_its_own() -> None:
    found = on_processes(5, gpus=("0", "3"))(environment, ["CUDA_VISIBLE_DEVICES"] * 30)
    assert {value for _, value in found} == {"0", "3"}


def test_arguments_are_taken_when_needed() -> None:
    results = on_processes(1)(str, range(100))
    next(results)
    results.close()  # the others were never started
    assert AHEAD == 2


def test_a_dead_worker_is_one_clear_line() -> None:
    with pytest.raises(ProxyrankError, match="worker process died"):
        list(on_processes(1)(suicide, ["a", "die", "b"]))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    pidfile = tmp_path / "pid"
    (tmp_path / "parent.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_executors\n"
        "from proxyrank.common.executors import on_processes\n"
        "if __name__ == '__main__':\n"
        f"    list(on_processes(1)(test_executors.wait_for_ever, [{str(pidfile)!r}]))\n"
    )
    parent = subprocess.Popen([sys.executable, str(tmp_path / "parent.py")])
    deadline = time.monotonic() + 60
    while not (pidfile.exists() and pidfile.read_text()) and time.monotonic() < deadline:
        time.sleep(0.1)
    worker = int(pidfile.read_text())
    parent.kill()
    parent.wait()
    while time.monotonic() < deadline:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{worker}/stat").is_file() and " Z " in Path(f"/proc/{worker}/stat").read_text():
            return  # ended; nobody has reaped it
        time.sleep(0.1)
    pytest.fail("the worker outlived its parent")


def test_where_a_person_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    found = make_executor(workers=5, device="cuda")(environment, ["CUDA_VISIBLE_DEVICES"] * 30)
    assert {value for _, value in found} == {"0", "1"}
    found = make_executor(workers=1)(environment, ["CUDA_VISIBLE_DEVICES"])
    assert list(found) == [(0, os.environ.get("CUDA_VISIBLE_DEVICES", ""))]
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingDependencyError, match=r"--ray needs ray, .*: pip install proxyrank\[ray\]"):
        make_executor(ray="auto")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_standing_executor_serves_many_calls(workers: int) -> None:
    with standing(workers) as executor:
        for count in (0, 1, 5):
            found = dict(executor(abs, [-i for i in range(count)]))
            assert found == {i: i for i in range(count)}
        with pytest.raises(TypeError):
            list(executor(abs, ["x"]))
        assert dict(executor(abs, [-7])) == {0: 7}
