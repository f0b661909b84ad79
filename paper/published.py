"""Published numbers: tables 1 and 6 to 10 of the paper and its supplement."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from proxyrank.common.files import read_json

FILE = Path(__file__).resolve().parent / "data" / "published.json"

METRICS = ("KT", "SPR", "nDCG")


@lru_cache(maxsize=1)
def published_tables() -> dict[str, Any]:
    """Content of the file."""
    tables: dict[str, Any] = read_json(FILE)
    return tables


def published(table: str, row: str | None, dataset: str | None = None) -> dict[str, float | None]:
    """Numbers of a row; empty where the paper has none.

    Parameters
    ----------
    table
        Key of the file.
    row
        Row of that table; None where ours has no counterpart.
    dataset
        For tables over several data sets.
    """
    found = published_tables().get(table, {}).get(row, {}) if row else {}
    if dataset is not None:
        found = found.get(dataset) or {}
    return dict(found)
