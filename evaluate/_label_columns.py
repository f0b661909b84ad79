"""Which column of a table is the label, and one label for each architecture."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from proxyrank.common.errors import TableError, unknown
from proxyrank.common.numeric import parse_number

Duplicates = Literal["mean", "error"]
_PROBED_CELLS = 100


def label_column(frame: pd.DataFrame, label: str | None, path: str | Path, names: Sequence[str]) -> str:
    """The label column that is named or, without a name, the only one that can be. Raises TableError."""
    others = [column for column in frame.columns if column not in ("arch", *names)]
    if label is not None:
        if label in others:
            return label
        raise unknown("label column", label, others, where=str(path), error=TableError)
    # a lone column is the label whatever it holds, so that numeric_column can name its first bad cell
    candidates = (
        others if len(others) == 1 else [column for column in others if _looks_numeric(frame[column])]
    )
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise TableError(
            f"{path}: several columns could be the label, name one with --label: {listing(candidates)}"
        )
    raise TableError(f"{path}: no numeric column beside 'arch'; columns: {listing(others)}")


def _looks_numeric(column: pd.Series) -> bool:
    numbers = [parse_number(cell) for cell in column]
    filled = [number for number in numbers if number is None or not np.isnan(number)][:_PROBED_CELLS]
    return sum(number is not None for number in filled) * 2 > len(filled)


def collapse(
    rows: pd.DataFrame, duplicates: Duplicates, source: str, place: Callable[[int], str]
) -> tuple[pd.Series, list[str]]:
    """One label per architecture of rows ``arch``, ``value``, ``row``, and what there is to say about it."""
    # sorted by value too: the mean of a group must not depend on the order of the rows
    rows = rows.sort_values(["arch", "value", "row"], ignore_index=True)
    groups = rows.groupby("arch", sort=False)["value"].agg(["min", "max", "mean", "size"])
    groups = groups.loc[sorted(groups.index)]
    spread = groups["max"] - groups["min"]
    extra = len(rows) - len(groups)
    different = int((spread > 0).sum())
    if different and duplicates == "error":
        arch = str(spread.index[int(np.argmax(spread.to_numpy() > 0))])
        same = rows[rows["arch"] == arch]
        found = ", ".join(
            f"{value} ({place(row)})" for value, row in zip(same["value"], same["row"], strict=True)
        )
        raise TableError(f"{source}: different labels for {arch}: {found}")
    values = groups["mean"].where(spread > 0, groups["min"]).astype(np.float64)  # a mean of equals may round
    values.index = pd.Index(groups.index, name="arch")
    if not extra:
        return values, []
    note = f"collapsed {counted(extra, 'repeated row')}"
    if different:
        note += f"; mean taken of different labels for {counted(different, 'architecture')}, "
        note += f"largest spread {float(spread.max()):.6g}"
    return values, [note]


def listing(names: Sequence[str]) -> str:
    """Names joined, or none."""
    return ", ".join(names) if names else "none"


def counted(number: int, noun: str) -> str:
    """Such as ``3 rows``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
