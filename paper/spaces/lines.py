"""Which labels the table of spaces is made of: files of the data folder, sizes of the training part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxyrank.common.files import read_json

FILE = Path(__file__).resolve().parents[1] / "data" / "spaces.json"


@dataclass(frozen=True)
class Line:
    """One label of one search space.

    Attributes
    ----------
    name, title
        For the option ``--only``, and for people.
    space
        Name of the search space.
    file, label
        Table in the folder of labels, and its column.
    sizes
        Numbers of architectures that are trained on, at random; all others are judged.
    drawn
        Architectures that are drawn from a larger table first; None takes all.
    published
        Predictor -> its KT at each size, None where it has none.
    """

    name: str
    title: str
    space: str
    file: str
    label: str
    sizes: Sequence[int]
    drawn: int | None = None
    published: Mapping[str, Sequence[float | None]] = field(default_factory=dict)


LINES: Mapping[str, Line] = {entry["name"]: Line(**entry) for entry in read_json(FILE)}
"""Line of each name, cheap ones first."""
