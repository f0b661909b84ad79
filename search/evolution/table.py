"""Columns of a user's table that limits and objectives may name."""

from contextlib import suppress
from pathlib import Path

from proxyrank.common.errors import TableError
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.candidates import read_candidates


def measured_columns(space: SearchSpace, path: Path) -> dict[str, dict[str, float]]:
    """Column -> architecture -> number, of the columns of a table that hold numbers; blanks are left out.

    Raises
    ------
    TableError
        If the file is damaged or has no column of numbers beside the architectures.
    ArchitectureError
        At the first row that is not of the space.
    """
    rows = read_candidates(space, path)
    found: dict[str, dict[str, float]] = {}
    for name in rows.columns:
        with suppress(TableError):  # a column of words
            own = rows.numbers(name).dropna()
            found[name] = dict(zip(map(str, own.index), own.tolist(), strict=True))
    if not found:
        raise TableError(f"{path}: no column of numbers beside arch; columns: {', '.join(rows.columns)}")
    return found
