"""The published module hash: computed from a cell, and looked up in a published table."""

import os
import re
from functools import lru_cache
from hashlib import md5
from pathlib import Path

import pandas as pd

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces.nb101.cell import Cell, prune

TABLE = "nasbench101_full.parquet"
"""Table of the whole space, searched for under ``PROXYRANK_DATA`` and its folder ``spaces``."""

_HASH = re.compile(r"[0-9a-f]{32}")


def is_hash(text: str) -> bool:
    """Whether a text is spelled like a published hash."""
    return _HASH.fullmatch(text) is not None


def module_hash(cell: Cell) -> str:
    """Hash of the cell in the published tables (``graph_util.hash_module``), equal for isomorphic cells.

    It hashes degrees and operation of each vertex of the pruned cell, then as often as there are vertices the
    hashes of its neighbours; the result is the hash of the sorted list.
    """
    cell = prune(cell)
    size, edges = len(cell.targets), cell.edges
    sources = [[i for i, j in edges if j == v] for v in range(size)]
    targets = [[j for i, j in edges if i == v] for v in range(size)]
    labels = [-1, *map(int, cell.ops), -2]
    hashes = [_md5(str((len(targets[v]), len(sources[v]), labels[v]))) for v in range(size)]
    for _ in range(size):
        hashes = [
            _md5(
                "".join(sorted(hashes[w] for w in sources[v]))
                + "|"
                + "".join(sorted(hashes[w] for w in targets[v]))
                + "|"
                + hashes[v]
            )
            for v in range(size)
        ]
    return _md5(str(sorted(hashes)))


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def table_path() -> Path:
    """The published table.

    Raises
    ------
    ProxyrankError
        If ``PROXYRANK_DATA`` is not set or has no such file.
    """
    folder = os.environ.get("PROXYRANK_DATA")
    for path in (Path(folder, TABLE), Path(folder, "spaces", TABLE)) if folder else ():
        if path.is_file():
            return path
    looked = (
        f"not in PROXYRANK_DATA={folder}" if folder else "PROXYRANK_DATA, a folder to look in, is not set"
    )
    raise ProxyrankError(
        f"nb101 needs the table {TABLE} (columns hash, matrix, ops) for this: {looked}; "
        "cells spelled matrix:ops need no table"
    )


def spelled(matrix: pd.Series, ops: pd.Series) -> pd.Series:
    """Text ``matrix:ops`` of each row of a table."""
    return matrix.astype(str) + ":" + ops.astype(str)


@lru_cache(maxsize=1)
def _by_hash(path: Path) -> dict[str, str]:
    frame = pd.read_parquet(path, columns=["hash", "matrix", "ops"])
    return dict(zip(frame["hash"], spelled(frame["matrix"], frame["ops"]), strict=True))


def table_cells() -> dict[str, str]:
    """Published hash -> text ``matrix:ops`` of the whole space, from the published table."""
    return _by_hash(table_path())


def look_up(text: str) -> str:
    """Text ``matrix:ops`` of a published hash.

    Raises
    ------
    ArchitectureError
        If the table is not there, or has no such hash.
    """
    try:
        return table_cells()[text]
    except KeyError:
        raise ArchitectureError(f"{text}: no such hash in {table_path()}") from None
    except ProxyrankError as error:
        raise ArchitectureError(f"{text} is a published hash: {error}") from None
