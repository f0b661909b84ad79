"""Labels: one number an architecture, from the user's own table, with everything doubtful said aloud."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.common.arch_files import arch_texts
from proxyrank.common.errors import ArchitectureError, TableError
from proxyrank.common.labels import SIGNS, Direction
from proxyrank.common.numeric import numeric_column
from proxyrank.common.tabular import SENTINEL, read_table, row_place
from proxyrank.evaluate._label_checks import LOWER_IS_BETTER, refuse_mixed, shared_best, words
from proxyrank.evaluate._label_columns import Duplicates, collapse, counted, label_column
from proxyrank.spaces import SearchSpace, arch_columns, parse_all
from proxyrank.spaces.others import other_spaces, spaces_of_columns


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels of different architectures.

    Attributes
    ----------
    values
        Finite float64 labels, index ``arch`` in its exact spelling, sorted by it.
    name
        Column they come from.
    direction
        Whether higher (``max``) or lower (``min``) is better.
    path
        File they come from.
    notes
        What happened on reading, a line each.
    dropped
        Rows of the file without a finite label.
    missing
        Architectures of those rows that have no label from another row.
    """

    values: pd.Series
    name: str
    direction: Direction = "max"
    path: str = ""
    notes: tuple[str, ...] = ()
    dropped: int = 0
    missing: tuple[str, ...] = ()

    @property
    def oriented(self) -> pd.Series:
        """The values, negated where lower is better, so that higher is better."""
        return SIGNS[self.direction] * self.values

    def subset(self, archs: Collection[str]) -> "Labels":
        """Labels of the architectures among ``archs`` (exact spelling); other fields as they are."""
        wanted = set(archs)
        values = self.values[[arch in wanted for arch in self.values.index]]
        return replace(self, values=values, missing=tuple(arch for arch in self.missing if arch in wanted))


def load_labels(
    path: str | Path,
    *,
    space: SearchSpace,
    label: str | None = None,
    direction: Direction | None = None,
    duplicates: Duplicates = "mean",
    strict: bool = False,
) -> Labels:
    """Read labels from a CSV or parquet file with a column ``arch``, or the space's own columns of names.

    Parameters
    ----------
    path
        The table.
    space
        Space of the architectures; every spelling it accepts is fine.
    label
        Column of the labels; None where there is only one numeric column.
    direction
        Whether higher or lower is better; None means ``max``.
    duplicates
        What to do with an architecture whose rows have different labels: their mean, or an error.
    strict
        Refuse rows without a finite label instead of dropping them.

    Raises
    ------
    TableError
        If the file cannot be read, the label column is absent or ambiguous, a label is no number, none is
        left, the rules of ``duplicates`` and ``strict`` are broken, or an architecture has labels of several
        data sets, as a column named like one says.
    ArchitectureError
        At the first row whose ``arch`` is not of the space.

    Examples
    --------
    >>> from proxyrank import digits_table, get_space, load_labels
    >>> labels = load_labels(digits_table(), space=get_space("nb201"), label="digits")
    >>> len(labels.values), labels.direction
    (3000, 'max')
    >>> labels.values.idxmax()  # the best cell, and its accuracy in percent
    '|skip_connect~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|none~0|skip_connect~1|nor_conv_3x3~2|'
    >>> float(labels.values.max().round(1))
    79.1
    """
    frame = read_table(path, "--labels")
    own = arch_columns(space)
    try:
        texts = arch_texts(frame, path, own)
    except TableError as error:
        raise TableError(f"{error}{spaces_of_columns([*map(str, frame)])}") from None
    name = label_column(frame, label, path, own)

    def place(row: int) -> str:
        return row_place(frame, row, path)

    try:
        archs = parse_all(space, texts, place)
    except ArchitectureError as error:
        raise ArchitectureError(f"{error}{other_spaces(space, texts[0])}") from None
    values = numeric_column(frame, name, path)
    refuse_mixed(frame.drop(columns=["arch", name], errors="ignore"), archs, values, str(path))
    return make_labels(
        archs,
        values,
        name=name,
        direction=direction,
        path=str(path),
        duplicates=duplicates,
        strict=strict,
        place=place,
    )


def make_labels(
    archs: Sequence[str],
    values: NDArray[np.float64],
    *,
    name: str,
    direction: Direction | None = None,
    path: str = "",
    duplicates: Duplicates = "mean",
    strict: bool = False,
    place: Callable[[int], str] | None = None,
) -> Labels:
    """Labels from rows of architectures (exact spelling) and numbers, by the rules of `load_labels`.

    Parameters
    ----------
    archs, values
        One a row, shape [rows]; non-finite values and the sentinel -1e8 are missing.
    name, direction, path, duplicates, strict
        As for `load_labels`.
    place
        Text for the place of the i-th row (from 0).

    Raises
    ------
    TableError
        If no label is left, or the rules of ``duplicates`` and ``strict`` are broken.
    """
    place = place or (lambda row: f"row {row + 1}")
    source = path or "labels"
    infinite, sentinel = np.isinf(values), values == SENTINEL
    bad = np.isnan(values) | infinite | sentinel
    notes = []
    if bad.any():
        count = f"{bad.sum()} of {counted(len(values), 'row')} without a finite label in {name!r}"
        if strict:
            raise TableError(f"{source}: {count}, the first at {place(int(np.argmax(bad)))}")
        if bad.all():
            raise TableError(f"{source}: no label is left: {count}")
        blank = bad.sum() - infinite.sum() - sentinel.sum()
        kinds = f"{blank} blank, {infinite.sum()} infinite, {sentinel.sum()} failed (-1e8)"
        notes.append(f"dropped {count} ({kinds})")
    rows = pd.DataFrame({"arch": list(archs), "value": values, "row": np.arange(len(values))})[~bad]
    labels, collapse_notes = collapse(rows, duplicates, source, place)
    summary = f"label {name!r}, {'higher' if direction != 'min' else 'lower'} is better: "
    notes = [summary + f"{counted(len(values), 'row')} in, {len(labels)} out", *notes, *collapse_notes]
    if direction != "min" and LOWER_IS_BETTER.search(words(name)):
        notes.append(
            f"warning: column {name!r} is named like an error, a loss or a cost, yet higher counts as "
            "better; --label-direction min turns it round"
        )
    notes += shared_best(labels, name, direction)
    missing = sorted({arch for arch, gone in zip(archs, bad, strict=True) if gone} - set(labels.index))
    return Labels(labels, name, direction or "max", path, tuple(notes), int(bad.sum()), tuple(missing))


def require_varied(labels: Labels) -> None:
    """Refuse labels that cannot be ranked.

    Raises
    ------
    TableError
        If all are equal.
    """
    if labels.values.nunique() == 1:
        value, rows = float(labels.values.iloc[0]), counted(len(labels.values), "row")
        source = f"{labels.path}, column {labels.name!r}" if labels.path else f"column {labels.name!r}"
        raise TableError(f"{source}: label has one distinct value ({value}) over {rows}")
