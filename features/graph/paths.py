"""Paths: which operations follow which on the ways from the input to the output, skips dropped.

Everything is a function of the multiset of live paths, each read as its sequence of convs and pools, so
architectures that compute the same function have equal rows.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations_with_replacement, product

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._terms import NO_HISTORY, History, advance, splice, spread
from proxyrank.features.groups import FeatureGroup, per_graph
from proxyrank.spaces.graph import OpGraph

Kind = str

KINDS: tuple[Kind, ...] = ("conv3x3", "conv1x1", "pool")
LONGEST = 3
"""Length up to which sequences of operations have columns of their own."""

Path = tuple[tuple[Kind, ...] | None, History]
"""Operations in order, or None where there are more than `LONGEST`; and how many of each kind."""

_START: tuple[Path, int] = (((), NO_HISTORY), 1)

_MEASURES: dict[str, Callable[[History], int]] = {
    "convs": lambda history: history[0] + history[1],
    "conv3x3": lambda history: history[0],
    "pools": lambda history: history[2],
}
_MULTISETS = [c for size in range(LONGEST + 1) for c in combinations_with_replacement(KINDS, size)]
_SEQUENCES = [s for size in range(2, LONGEST + 1) for s in product(KINDS, repeat=size)]
_CLASSES: dict[str, Callable[[History], bool]] = {
    "skip_only": lambda history: history == NO_HISTORY,
    "pool_only": lambda history: _MEASURES["convs"](history) == 0 and history[2] > 0,
    "conv_without_pool": lambda history: _MEASURES["convs"](history) > 0 and history[2] == 0,
}

COLUMNS: tuple[str, ...] = (
    "path_count",
    *(f"path_set_{'+'.join(kinds) or 'empty'}" for kinds in _MULTISETS),
    *(f"path_seq_{'>'.join(kinds)}" for kinds in _SEQUENCES),
    *(f"path_{how}_{what}" for what in _MEASURES for how in ("min", "max", "mean", "sum")),
    *(f"path_with_{k}_{what}" for what in ("convs", "conv3x3") for k in range(LONGEST + 1)),
    *(f"path_{name}" for name in _CLASSES),
    *(f"path_through_{kind}" for kind in KINDS),
)
"""``set``: paths of exactly these operations in any order; ``seq``: in this order; ``with_3``: 3 or more."""


def path_values(graph: OpGraph) -> list[float]:
    """Row of a graph, in the order of `COLUMNS`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms`, or has too many paths for a float.
    """
    paths = spread(splice(graph), _START, _follow, lambda kind, read: 1).output
    try:
        return _summary(paths)
    except OverflowError:
        raise NotApplicableError("the graph has more paths than a float can hold") from None


def _follow(path: Path, kind: Kind) -> Path:
    sequence, history = path
    longer = None if sequence is None or len(sequence) == LONGEST else (*sequence, kind)
    return longer, advance(history, kind)


def _summary(paths: Mapping[Path, int]) -> list[float]:
    sequences: dict[tuple[Kind, ...], int] = {}
    multisets: dict[tuple[Kind, ...], int] = {}
    histories: dict[History, int] = {}
    for (sequence, history), times in paths.items():
        histories[history] = histories.get(history, 0) + times
        if sequence is not None:
            sequences[sequence] = sequences.get(sequence, 0) + times
            sorted_kinds = tuple(sorted(sequence, key=KINDS.index))
            multisets[sorted_kinds] = multisets.get(sorted_kinds, 0) + times
    total = sum(histories.values())
    values: list[int | Fraction] = [total]
    values += [multisets.get(kinds, 0) for kinds in _MULTISETS]
    values += [sequences.get(kinds, 0) for kinds in _SEQUENCES]
    for measure in _MEASURES.values():
        counts = [measure(history) for history in histories]
        weighted = sum(count * times for count, times in zip(counts, histories.values(), strict=True))
        mean = Fraction(weighted, total) if total else 0
        values += [min(counts, default=0), max(counts, default=0), mean, weighted]
    for name in ("convs", "conv3x3"):
        values += _by_count(histories, _MEASURES[name])
    values += [sum(n for history, n in histories.items() if test(history)) for test in _CLASSES.values()]
    values += [sum(n for history, n in histories.items() if history[i]) for i in range(len(KINDS))]
    return [float(value) for value in values]


def _by_count(histories: Mapping[History, int], measure: Callable[[History], int]) -> list[int]:
    by_count = [0] * (LONGEST + 1)
    for history, times in histories.items():
        by_count[min(measure(history), LONGEST)] += times
    return by_count


PATHS = FeatureGroup(
    name="paths",
    summary="paths: the sequences of operations on the live paths from input to output",
    version=1,
    needs_network=False,
    columns=lambda space: list(COLUMNS),
    compute=per_graph(COLUMNS, path_values),
    equal_by="function",
)
