"""Put a feature table together from parts, a few thousand rows in memory at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from proxyrank.features.rows import Reasons, Rows

ROW_GROUP = 4096


def row_parts(
    parts: Sequence[Path],
    archs: Sequence[str],
    columns: Sequence[str],
    taken: Mapping[str, frozenset[str]],
    representative: Callable[[str], str],
) -> Iterator[Rows]:
    """Rows of a table, piece by piece, together in the order of ``archs``.

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
    read = (Rows.read(path) for path in parts)
    if not taken:
        yield from (rows.columns(columns) for rows in read)
        return
    own = Rows.concat(list(read))
    for start in range(0, len(archs), ROW_GROUP):
        some = archs[start : start + ROW_GROUP]
        alike: dict[frozenset[str], list[str]] = {}
        for arch in some:
            alike.setdefault(taken.get(arch, frozenset()), []).append(arch)
        pieces = []
        for shared, members in alike.items():
            theirs = own.copied({arch: representative(arch) for arch in members}).columns(
                [column for column in columns if column in shared]
            )
            mine = [column for column in columns if column not in shared]
            both = [theirs, own.archs(members).columns(mine)] if mine else [theirs]
            pieces.append(Rows.join(both).columns(columns))
        yield Rows.concat(pieces).archs(some)


def merge_parts(pieces: Iterable[Rows], columns: Sequence[str], path: Path) -> Reasons:
    """Write rows to a parquet file, row group by row group.

    Parameters
    ----------
    pieces
        From `row_parts`.
    columns
        Of the table, in their order.
    path
        File to write.

    Returns
    -------
    dict
        Column -> architecture -> reason.
    """
    schema = pa.schema([("arch", pa.string()), *((column, pa.float64()) for column in columns)])
    reasons: Reasons = {}
    with pq.ParquetWriter(path, schema) as writer:
        for rows in _grouped(pieces):
            for column, of_column in rows.reasons.items():
                reasons.setdefault(column, {}).update(of_column)
            frame = rows.values.reset_index()
            writer.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))
    return {column: reasons[column] for column in columns if column in reasons}


def _grouped(pieces: Iterable[Rows]) -> Iterator[Rows]:
    """Rows by `ROW_GROUP`, the last ones fewer, however the pieces are cut."""
    held: list[Rows] = []
    for rows in pieces:
        held.append(rows)
        while sum(len(piece.values) for piece in held) >= ROW_GROUP:
            joined = Rows.concat(held)
            archs = list(joined.values.index)
            yield joined.archs(archs[:ROW_GROUP])
            held = [joined.archs(archs[ROW_GROUP:])]
    if any(len(piece.values) for piece in held):
        yield Rows.concat(held)
