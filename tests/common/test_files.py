"""A file or folder is the old one, the new one, or absent; never half-written."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import (
    atomic_folder,
    atomic_path,
    dump_json,
    read_json,
    require_parent,
    write_json,
)


def test_failure_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(target) as path:
        path.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_success_replaces_file_and_folder(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with atomic_path(tmp_path / "f") as path:
            path.write_text(text)
        with atomic_folder(tmp_path / "d") as folder:
            (folder / text).write_text(text)
    assert (tmp_path / "f").read_text() == "two"
    assert [p.name for p in (tmp_path / "d").iterdir()] == ["two"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d", "f"]


def test_failure_keeps_the_old_folder(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "d") as folder:
        (folder / "a").write_text("old")
    with pytest.raises(RuntimeError), atomic_folder(tmp_path / "d") as folder:
        (folder / "b").write_text("half")
        raise RuntimeError
    assert [p.name for p in (tmp_path / "d").iterdir()] == ["a"]


def test_kill_while_writing_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    code = (
        "import sys, time; from proxyrank.common.files import atomic_path\n"
        f"with atomic_path({str(target)!r}) as p:\n"
        "    p.write_text('half'); print('writing', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    time.sleep(0.01)
    assert target.read_text() == "old"


def test_missing_parent_and_wrong_kind_are_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ProxyrankError, match="the folder .*no does not exist"),
        atomic_path(tmp_path / "no" / "f"),
    ):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(ProxyrankError, match="a file of that name exists"), atomic_folder(tmp_path / "file"):
        pass


def test_json_is_strict(tmp_path: Path) -> None:
    assert json.loads(dump_json({"a": [1, None]})) == {"a": [1, None]}
    with pytest.raises(ValueError):
        dump_json({"a": float("nan")})
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(ProxyrankError, match="not a JSON file"):
        read_json(tmp_path / "bad.json")
    with pytest.raises(ProxyrankError, match="no such file"):
        read_json(tmp_path / "none.json")
    write_json({"é": 1.5}, tmp_path / "good.json")
    assert read_json(tmp_path / "good.json") == {"é": 1.5}


def test_a_folder_that_is_not_there_is_named_with_its_option(tmp_path: Path) -> None:
    require_parent(tmp_path / "f")
    with pytest.raises(ProxyrankError, match=f"--out .*f: the folder {tmp_path / 'no'} does not exist"):
        require_parent(tmp_path / "no" / "f", "--out")


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "t").write_text("old")
    (tmp_path / "big" / "d").mkdir()
    for name in ("t", "d"):
        (tmp_path / name).symlink_to(tmp_path / "big" / name)
    with atomic_path(tmp_path / "t") as path:
        path.write_text("new")
    with atomic_folder(tmp_path / "d") as folder:
        (folder / "f").write_text("new")
    assert (tmp_path / "t").is_symlink()
    assert (tmp_path / "d").is_symlink()
    assert (tmp_path / "big" / "t").read_text() == (tmp_path / "big" / "d" / "f").read_text() == "new"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["big", "d", "d", "f", "t", "t"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError(13, "no", None)])
def test_errors_of_the_system_name_the_target(tmp_path: Path, error: OSError) -> None:
    for atomic in (atomic_path, atomic_folder):
        with pytest.raises(type(error)) as caught, atomic(tmp_path / "t"):
            raise error
        assert caught.value.filename == str(tmp_path / "t")
        with pytest.raises(OSError) as caught, atomic(tmp_path / "t") as path:
            (path / "inside" / "x").write_text("")
        assert caught.value.filename == str(tmp_path / "t")
    with pytest.raises(FileNotFoundError) as caught, atomic_path(tmp_path / "t"):
        (tmp_path / "other").read_text()
    assert caught.value.filename == str(tmp_path / "other")
    assert list(tmp_path.iterdir()) == []
