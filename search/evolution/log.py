"""The memory of a search on disk: one line of JSON per batch, appended; a torn last line is cut off."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.search.evolution.scored import Scored
from proxyrank.search.evolution.state import Batch, Child


def append_batch(
    path: Path, batch: Batch, scored: Sequence[Scored], keys: Sequence[str], dropped: Sequence[int]
) -> None:
    """Write a batch, flushed to the disk: it is there whole, or its line has no end."""
    entry = {
        "steps": batch.steps,
        "outside": batch.outside,
        "repeated": batch.repeated,
        "dropped": [int(number) for number in dropped],
        "children": [
            {
                "step": child.step,
                "arch": child.arch,
                **({"key": key} if key != child.arch else {}),
                "measures": dict(child.measures),
                "values": one.values,
                **({"gaps": one.gaps} if one.gaps else {}),
            }
            for child, one, key in zip(batch.children, scored, keys, strict=True)
        ],
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, allow_nan=False, ensure_ascii=False, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())


def cut_torn_line(path: Path) -> None:
    """Drop what a killed run left behind the last whole line."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        at = end
        while at > 0:
            start = max(0, at - 65536)
            file.seek(start)
            newline = file.read(at - start).rfind(b"\n")
            if newline >= 0:
                at = start + newline + 1
                break
            at = start
        if at < end:
            file.truncate(at)


def read_batches(path: Path) -> Iterator[tuple[Batch, list[Scored], list[str], list[int]]]:
    """The batches of a log, in order.

    Raises
    ------
    ProxyrankError
        At a line that is no batch.
    """
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield _batch(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise ProxyrankError(f"{path}, line {number}: not a batch of a search") from None


def _batch(entry: dict[str, Any]) -> tuple[Batch, list[Scored], list[str], list[int]]:
    children = entry["children"]
    batch = Batch(
        tuple(Child(one["step"], one["arch"], one["measures"]) for one in children),
        entry["steps"],
        entry["outside"],
        entry["repeated"],
    )
    scored = [Scored(one["values"], one.get("gaps", {})) for one in children]
    return batch, scored, [one.get("key", one["arch"]) for one in children], entry["dropped"]
