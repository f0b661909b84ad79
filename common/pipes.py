"""What comes through a pipe, as a file: readers look at names, at sizes, and more than once."""

import atexit
import csv
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path

from proxyrank.common.errors import TableError

STDIN = "/dev/stdin"


def is_pipe(name: str) -> bool:
    """Whether a path is there, yet neither file nor folder: ``<(command)``, ``/dev/stdin``, a named pipe."""
    if name == STDIN:  # it may be a file there, without a suffix
        return True
    try:
        mode = Path(name).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)


@cache  # a pipe can be read once only
def spooled(name: str, option: str = "") -> Path:
    """Copy a pipe to a temporary file, which goes away when the program ends.

    Parameters
    ----------
    name
        Path of the pipe; it is read to its end.
    option
        Command line option that named it, for messages.

    Returns
    -------
    Path
        The file; its suffix says what was found in it: ``.parquet``, ``.csv.gz``, ``.csv`` where the first
        line names a column ``arch``, else ``.txt``.

    Raises
    ------
    TableError
        If nothing came through it.
    """
    folder = Path(tempfile.mkdtemp(prefix="proxyrank-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    raw = folder / "raw"
    with Path(name).open("rb") as source, raw.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    if raw.stat().st_size == 0:
        raise TableError(f"{option} {name}: nothing came through the pipe".strip())
    return raw.rename(folder / f"{Path(name).name}{_suffix(raw)}")


def _suffix(path: Path) -> str:
    with path.open("rb") as file:
        first = file.readline(1 << 20)
    if first.startswith(b"PAR1"):
        return ".parquet"
    if first.startswith(b"\x1f\x8b"):
        return ".csv.gz"
    line = first.decode("utf-8-sig", errors="replace").strip()
    fields = next(csv.reader([line], skipinitialspace=True), [])
    return ".csv" if "arch" in (field.strip() for field in fields) else ".txt"
