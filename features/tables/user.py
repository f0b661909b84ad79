"""Feature tables that users bring: any numeric columns beside a column ``arch``."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.common.arch_files import arch_texts
from proxyrank.common.errors import TableError
from proxyrank.common.failed import INFINITE, failures_line, is_failure, sentinel_reason
from proxyrank.common.numeric import numeric_column
from proxyrank.common.tabular import SENTINEL, read_table, row_place
from proxyrank.features.rows import arch_index, count_reasons
from proxyrank.features.tables.sidecar import FamilyInfo, GroupInfo, Sidecar
from proxyrank.features.tables.sidecar_file import sidecar_path
from proxyrank.features.tables.table import FeatureTable
from proxyrank.spaces import SearchSpace, arch_columns, has, parse_all, require

_OP_CODES = re.compile(r"(e|op|ops|operation|edge|node)(_?(op|code))?[_ ]?\d*", re.IGNORECASE)
"""Columns named like this hold operation codes, positions in the space's list of operations."""

DECLARED = "sentinels"
"""Fact of a user's columns: values, besides -1e8, that were declared to stand for a failed computation."""


def load_table(
    path: str | Path, space: SearchSpace, option: str = "", *, sentinels: Sequence[float] = ()
) -> FeatureTable:
    """Read a feature table of ours (it has its sidecar beside it) or else a user's own.

    Parameters
    ----------
    path, space, option
        As for `read_user_table`.
    sentinels
        Values of a user's own table, besides -1e8, that stand for a failed computation.

    Raises
    ------
    TableError
        As `FeatureTable.read` and `read_user_table`, and if the table is of another space.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from proxyrank import get_space, load_table
    >>> space = get_space("nb201")
    >>> mine = pd.DataFrame({"arch": space.sample(2, seed=0), "latency": [1.5, 2.0]})
    >>> with tempfile.NamedTemporaryFile(suffix=".csv") as file:
    ...     mine.to_csv(file.name, index=False)
    ...     table = load_table(file.name, space)
    >>> list(table.columns)
    ['latency']
    """
    if not sidecar_path(path).is_file():
        return read_user_table(path, space, option=option, sentinels=(SENTINEL, *sentinels))
    table = FeatureTable.read(path)
    if table.sidecar.space != space.name:
        raise TableError(f"{path}: features of the search space {table.sidecar.space}, expected {space.name}")
    return table


def read_user_table(
    path: str | Path, space: SearchSpace, *, option: str = "", sentinels: Sequence[float] = (SENTINEL,)
) -> FeatureTable:
    """Read a CSV or parquet file with a column ``arch`` and numeric columns of any names.

    Parameters
    ----------
    path
        The file.
    space
        Space of the architectures; any accepted spelling will do.
    option
        Command line option that named the file, for messages.
    sentinels
        Values that stand for a failed computation.

    Returns
    -------
    FeatureTable
        Group ``user``. Infinities and sentinels are missing and have a status; blanks are missing. Rows that
        repeat an architecture with equal values collapse.

    Raises
    ------
    TableError
        If the file is unreadable, a header occurs twice, a cell is text or an operation code out of range, an
        architecture occurs with different values, or there is no feature column; the message names the row.
    ArchitectureError
        At the first row whose architecture is not one of the space.
    """
    raw = read_table(path, option)
    archs = parse_all(space, arch_texts(raw, path, arch_columns(space)), lambda i: row_place(raw, i, path))
    columns = [name for name in raw.columns if name not in ("arch", *arch_columns(space))]
    if not columns:
        raise TableError(f"{path}: no feature columns beside 'arch'")
    status: dict[str, dict[str, str]] = {}
    values: dict[str, NDArray[np.float64]] = {}
    for name in columns:
        column = numeric_column(raw, name, path).copy()
        codes = len(require(space, "ops", name).ops) if has(space, "ops") else 0
        if codes and (_OP_CODES.fullmatch(name) or _looks_coded(column, codes)):
            bad_codes = ~(np.isnan(column) | np.isin(column, range(codes)))
            if bad_codes.any():
                row = int(np.flatnonzero(bad_codes)[0])
                raise TableError(
                    f"{row_place(raw, row, path)}: column {name!r} holds operation codes 0 to "
                    f"{codes - 1}, found {column[row]:g}"
                )
        for bad, reason in (
            (np.isinf(column), INFINITE),
            *((column == sentinel, sentinel_reason(sentinel)) for sentinel in sentinels),
        ):
            if bad.any():
                status.setdefault(name, {}).update((archs[i], reason) for i in np.flatnonzero(bad))
                column[bad] = np.nan
        values[name] = column
    frame = pd.DataFrame(values, index=arch_index(archs), columns=columns)
    frame = _without_repeats(frame, lambda i: row_place(raw, i, path))
    declared = [repr(float(sentinel)) for sentinel in sentinels if sentinel != SENTINEL]
    facts = {DECLARED: " ".join(declared)} if declared else {}
    info = GroupInfo(families=[FamilyInfo(columns=columns, facts=facts)], source=Path(path).name)
    return FeatureTable(frame, Sidecar(space=space.name, groups={"user": info}, status=status))


def _looks_coded(column: NDArray[np.float64], codes: int) -> bool:
    """Whether a column holds every operation code, -1 (for none) and nothing else."""
    return set(np.unique(column[~np.isnan(column)])) == set(range(-1, codes))


def failed_counts(table: FeatureTable) -> dict[str, dict[str, int]]:
    """Sentinels and infinities of a table that was read, by column and reason."""
    found = count_reasons(table.sidecar.status)
    kept = {column: {r: n for r, n in own.items() if is_failure(r)} for column, own in found.items()}
    return {column: own for column, own in kept.items() if own}


def failed_values(table: FeatureTable) -> str | None:
    """One line that counts sentinels and infinities by column; None where there are none."""
    return failures_line(failed_counts(table))


def sentinels_of(groups: Mapping[str, GroupInfo]) -> tuple[float, ...]:
    """Sentinels that were declared for the user's columns among some groups."""
    facts = [family.facts.get(DECLARED, "") for info in groups.values() for family in info.families]
    return tuple(dict.fromkeys(float(text) for fact in facts for text in fact.split()))


def _without_repeats(frame: pd.DataFrame, where: Callable[[int], str]) -> pd.DataFrame:
    repeated = frame.index.duplicated()
    first = {arch: row for row, arch in reversed(list(enumerate(frame.index)))}
    array = frame.to_numpy()
    for row in np.flatnonzero(repeated).tolist():
        earlier = first[frame.index[row]]
        if not np.array_equal(array[row], array[earlier], equal_nan=True):
            raise TableError(
                f"{where(row)}: {frame.index[row]} has other values than before ({where(earlier)})"
            )
    return frame[~repeated]
