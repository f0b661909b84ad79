"""Pipes become files whose names say what is in them."""

import gzip
import os
import threading
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.common.arch_files import read_archs
from proxyrank.common.errors import TableError
from proxyrank.common.pipes import is_pipe, spooled

TABLE = pd.DataFrame({"arch": ["a", "b"], "x": [1, 2]})


def _sent(pipe: Path, data: bytes) -> Path:
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    try:
        return spooled(str(pipe), "--archs")
    finally:
        writer.join()


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"a\nb\n", ".txt"),
        (b"(1, 2)\n(3, 4)", ".txt"),
        (TABLE.to_csv(index=False).encode(), ".csv"),
        (b"\xef\xbb\xbfx, arch\n1,a\n2,b\n", ".csv"),
        (gzip.compress(TABLE.to_csv(index=False).encode(), mtime=0), ".csv.gz"),
        (TABLE.to_parquet(index=False), ".parquet"),
    ],
)
def test_x20_a_pipe_is_read_whatever_comes_through(tmp_path: Path, data: bytes, suffix: str) -> None:
    found = _sent(tmp_path / "pipe", data)
    assert found.name == f"pipe{suffix}"
    assert found.read_bytes() == data
    assert len(read_archs(found)) == 2


def test_x20_an_empty_pipe_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="pipe: nothing came through"):
        _sent(tmp_path / "pipe", b"")


def test_files_and_folders_are_no_pipes(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    assert not any(map(is_pipe, (str(tmp_path), str(tmp_path / "f"), str(tmp_path / "none"))))
