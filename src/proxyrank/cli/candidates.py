"""Architectures that a user lists in a file, with the columns that stand beside them."""

import pandas as pd

from proxyrank.cli import options, output
from proxyrank.spaces import SearchSpace, arch_columns, parse_all


def read_candidates(space: SearchSpace, archs: str) -> pd.DataFrame:
    """Frame indexed by exact spelling, in file order, with the file's other columns; repeats collapse.

    Parameters
    ----------
    space
        The space they must belong to.
    archs
        A text file, or a CSV/parquet file with column ``arch``.

    Raises
    ------
    ProxyrankError
        If the file is missing or damaged, or at the first line that is no architecture of the space.
    """
    from proxyrank.common.tabular import read_archs, read_table

    path = options.data_path(archs, "--archs")
    found = read_archs(path, columns=arch_columns(space))
    exact = parse_all(space, [text for text, _ in found], lambda i: found[i][1])
    frame = pd.DataFrame(index=pd.Index(exact, name="arch"))
    if path.suffix in {".csv", ".parquet"}:
        columns = read_table(path, "--archs").drop(columns=["arch", *arch_columns(space)], errors="ignore")
        frame = columns.set_axis(frame.index)
    repeated = frame.index.duplicated()
    if repeated.any():
        output.note(f"{path}: {repeated.sum()} repeated architectures left out, {(~repeated).sum()} remain")
    return frame[~repeated]
