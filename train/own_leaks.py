"""A table of one's own networks must not describe them by what is to be learnt."""

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels
from proxyrank.models.inputs.leaks import leaking_columns
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.table import TableSpace


def without_label(space: SearchSpace, labels: Labels) -> tuple[SearchSpace, list[str]]:
    """A space without the columns that hold the label itself, and what to say; others come back as they are.

    Columns in the order of the label, and row numbers, stay with a warning.

    Raises
    ------
    ProxyrankError
        If the rows are named by such a column, or no other describes them.
    """
    found, notes = own_leaks(space, labels)
    if not found:
        return space, notes
    assert isinstance(space, TableSpace)
    names = ", ".join(map(repr, found))
    if space.key is None or len(found) == len(space.options):
        raise ProxyrankError(
            f"{space.source}: the column {names} is the label itself; leave it out of the table"
        )
    return space.without(found), [f"{space.source}: the column {names} is the label itself, left out", *notes]


def own_leaks(space: SearchSpace, labels: Labels) -> tuple[list[str], list[str]]:
    """Columns of a table of networks that hold a label, and a warning for each that looks like it."""
    if not isinstance(space, TableSpace) or not space.names:
        return [], []
    numbers = [option for option, words in space.options.items() if not words]
    # the space of a written table of features knows what its rows are called, not what describes them
    rows = {arch: own for arch in space.names if set(numbers) <= set(own := space.config(arch))}
    if not rows:
        return [], []
    values = [[own[option] for option in numbers] for own in rows.values()]
    frame = pd.DataFrame(values, index=list(rows), columns=numbers, dtype="float64")
    known = labels.values[np.isfinite(labels.values) & labels.values.index.isin(frame.index)]
    return leaking_columns(frame, list(known.index), known.to_numpy(dtype=np.float64))
