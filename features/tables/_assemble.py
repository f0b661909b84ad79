"""Put a feature table together from parts, a few thousand rows in memory at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from proxyrank.features.tables.cache import STATUS

ROW_GROUP = 4096


def row_parts(
    parts: Sequence[Path],
    archs: Sequence[str],
    columns: Sequence[str],
    taken: Mapping[str, frozenset[str]],
    representative: Callable[[str], str],
) -> Iterator[pd.DataFrame]:
    """Frames of rows (index ``arch``, the columns, `STATUS`), together in the order of ``archs``.

    Parameters
    ----------
    parts
        Written by `run_sharded`; each architecture once.
    archs, columns
        Of the table.
    taken
        Columns that an architecture takes from its representative; who takes all has no row of its own. Where
        there are none the parts hold the rows in order and are read one at a time.
    representative
        Representative of an architecture.
    """
    read = (pd.read_parquet(path).set_index("arch") for path in parts)
    if not taken:
        yield from (rows[[*columns, STATUS]] for rows in read)
        return
    own = pd.concat([rows.reindex(columns=[*columns, STATUS]) for rows in read])
    for start in range(0, len(archs), ROW_GROUP):
        some = list(archs[start : start + ROW_GROUP])
        rows, theirs = own.reindex(some), own.reindex([representative(arch) for arch in some])
        rows[STATUS], theirs[STATUS] = rows[STATUS].fillna(""), theirs[STATUS].fillna("")
        for column in columns:
            shared = np.array([column in taken.get(arch, ()) for arch in some])
            rows[column] = np.where(shared, theirs[column].to_numpy(), rows[column].to_numpy())
        texts = []
        for arch, text, other in zip(some, rows[STATUS], theirs[STATUS], strict=True):
            given = json.loads(other) if other else {}
            reasons = {c: r for c, r in given.items() if c in taken.get(arch, ())}
            reasons |= json.loads(text) if text else {}
            texts.append(json.dumps(reasons) if reasons else "")
        rows[STATUS] = texts
        yield rows


def merge_parts(
    lines: Iterable[pd.DataFrame],
    columns: Sequence[str],
    path: Path,
    status: dict[str, dict[str, str]],
) -> dict[str, dict[str, int]]:
    """Write rows to a parquet file, row group by row group.

    Parameters
    ----------
    lines
        From `row_parts`.
    columns
        Of the table, in their order.
    path
        File to write.
    status
        Filled: column -> architecture -> reason.

    Returns
    -------
    dict
        Column -> reason -> number of missing values.
    """
    schema = pa.schema([("arch", pa.string()), *((column, pa.float64()) for column in columns)])
    counts: dict[str, dict[str, int]] = {}
    with pq.ParquetWriter(path, schema) as writer:
        for rows in _grouped(lines):
            for arch, text in rows.loc[rows[STATUS] != "", STATUS].items():
                for column, reason in json.loads(text).items():
                    status.setdefault(column, {})[str(arch)] = reason
                    of_column = counts.setdefault(column, {})
                    of_column[reason] = of_column.get(reason, 0) + 1
            frame = rows.drop(columns=STATUS).reset_index()
            writer.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))
    return counts


def _grouped(lines: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Frames of `ROW_GROUP` rows, the last one shorter, however the lines are cut."""
    held: list[pd.DataFrame] = []
    for rows in lines:
        held.append(rows)
        while sum(map(len, held)) >= ROW_GROUP:
            joined = pd.concat(held)
            yield joined.iloc[:ROW_GROUP]
            held = [joined.iloc[ROW_GROUP:]]
    if sum(map(len, held)):
        yield pd.concat(held)
