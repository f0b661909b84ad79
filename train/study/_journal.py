"""Journal files of studies that a full disk, a killed process or a copy cut short."""

import json
import logging
import os
from pathlib import Path

from optuna.storages.journal import JournalFileSymlinkLock

from proxyrank.common.errors import ProxyrankError

ASIDE = ".cut"
"""Ending of the file beside a journal to which incomplete records are moved."""

_log = logging.getLogger(__name__)


def mend_journal(path: str | Path, lock: JournalFileSymlinkLock) -> None:
    """Move an incomplete last record out of a journal, into ``PATH.cut``; the records before it stay.

    Left where it is, the next record would be written behind it on the same line, and both would be lost.

    Parameters
    ----------
    path
        The journal; nothing is done where there is none.
    lock
        Its lock, which every writer takes.

    Raises
    ------
    ProxyrankError
        If a line before the last one is damaged: later records go by the number of earlier ones.
    """
    path = Path(path)
    if not path.exists():
        return
    lock.acquire()
    try:
        data = path.read_bytes()
        whole, tail = _records(path, data)
        if tail:
            with path.with_name(path.name + ASIDE).open("ab") as aside:
                aside.write(tail + b"\n")
                os.fsync(aside.fileno())
            with path.open("rb+") as journal:
                journal.truncate(whole)
            _log.warning(
                "%s: its last record is incomplete (%d bytes); moved to %s",
                path,
                len(tail),
                path.name + ASIDE,
            )
        elif data and not data.endswith(b"\n"):  # only the end of the line is missing
            with path.open("ab") as journal:
                journal.write(b"\n")
    finally:
        lock.release()


def _records(path: Path, data: bytes) -> tuple[int, bytes]:
    """Bytes of the complete records, and the incomplete one behind them."""
    lines = data.splitlines(keepends=True)
    end = 0
    for number, line in enumerate(lines, start=1):
        if not _is_record(line):
            if number < len(lines):
                raise ProxyrankError(
                    f"{path}, line {number}: damaged, and records follow; not a journal of ours"
                )
            return end, line
        end += len(line)
    return end, b""


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
