"""Labels as ``--labels`` names them: a table, the shipped benchmark, or a NATS-Bench archive."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from proxyrank.cli import arguments, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import SearchSpace, get_space
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    from proxyrank.evaluate import Labels


def labelled_space(space: str | None, labels: str | None) -> SearchSpace:
    """The space of ``--space``; where none is given that of a shipped benchmark, else nb201."""
    shipped = BENCHMARKS[labels].space if labels is not None and labels in BENCHMARKS else "nb201"
    return get_space(space or shipped)


def is_archive(labels: str) -> bool:
    """Whether ``--labels`` names a NATS-Bench archive, which is of a space of its own."""
    return Path(labels).is_dir() or labels.endswith(".pbz2")


def read_labels(
    space: SearchSpace,
    labels: str,
    *,
    label: str | None,
    direction: Literal["max", "min"] | None = None,
    duplicates: Literal["mean", "error"] = "mean",
    strict: bool = False,
) -> "Labels":
    """Read labels and print what happened on reading to the standard error.

    Raises
    ------
    ProxyrankError
        If they are missing, damaged or ambiguous.
    """
    from proxyrank.evaluate import load_labels, load_nats

    if is_archive(labels):
        if label is None:
            raise ProxyrankError(f"{labels} holds several data sets; choose one with --label (cifar10, say)")
        known = load_nats(labels, label, space=space)
    else:
        known = load_labels(
            arguments.data_path(labels, "--labels"),
            space=space,
            label=label or (BENCHMARKS[labels].label if labels in BENCHMARKS else None),
            direction=direction,
            duplicates=duplicates,
            strict=strict,
        )
    for text in known.notes:
        output.note(text)
    return known
