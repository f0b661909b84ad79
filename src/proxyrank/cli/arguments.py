"""What the texts behind options mean: files, shapes, lists."""

import os
import re
import shlex
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.pipes import STDIN, is_pipe, spooled
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    from proxyrank.features import FeatureTable
    from proxyrank.spaces import SearchSpace


def space_words(space: "SearchSpace") -> tuple[str, ...]:
    """What a command about a ranker of the space needs besides: its file, for a space that is in one."""
    from proxyrank.spaces import source_of

    source = source_of(space)
    if not isinstance(source, str):  # a table of one's own, which --features brings
        return ()
    return () if source == space.name else ("--space", source)


_HOW_TO_GET = {
    "--labels": "bring a CSV with the columns arch and an accuracy, or use --labels digits",
    "--archs": "write one architecture per line into a text file, or take a whole population",
    "--features": "proxyrank features writes such tables",
    "--candidates": "bring a CSV with a row per network",
    "--table": "bring a CSV with the column arch and columns of numbers",
    "--scores": "bring a CSV with the column arch and score columns",
}


def data_path(name: str, option: str) -> Path:
    """The file a user means: a path, a name under ``PROXYRANK_DATA``, or a shipped benchmark.

    ``-`` is the standard input; what comes from it or from another pipe is copied to a file first.

    Raises
    ------
    ProxyrankError
        If there is no such file; the message says how to get one.
    """
    if name in BENCHMARKS:
        return BENCHMARKS[name].table
    if name == "-" or is_pipe(name):
        return spooled(STDIN if name == "-" else name, option)
    folder = os.environ.get("PROXYRANK_DATA")
    for path in (Path(name), Path(folder, name) if folder else None):
        if path is not None and path.is_file():
            return path
    looked = (
        f"nor in PROXYRANK_DATA={folder}" if folder else "and PROXYRANK_DATA, a folder to look in, is not set"
    )
    raise ProxyrankError(f"{option} {name}: no such file, {looked}; {_HOW_TO_GET[option]}")


def user_table(
    space: "SearchSpace", name: str | None, option: str = "--features", *, sentinels: Sequence[float] = ()
) -> "FeatureTable | None":
    """The user's own table behind ``--features`` or ``--scores``; None where the option was not given.

    Values that stand for failed computations (``sentinels``, -1e8, infinities) are counted on the standard
    error.

    Raises
    ------
    ProxyrankError
        If the file is missing or damaged, or holds architectures of another space.
    """
    from proxyrank.cli import output
    from proxyrank.features import load_table
    from proxyrank.features.tables.user import failed_values

    if name is None:
        return None
    table = load_table(data_path(name, option), space, option, sentinels=sentinels)
    if failed := failed_values(table):
        output.note(f"{name}: {failed}")
    return table


def failed_fields(space: "SearchSpace", *tables: "FeatureTable | None") -> dict[str, Any]:
    """What JSON says of failed values in the user's tables: ``failed_values`` by column and reason.

    Empty where there are none.
    """
    from proxyrank.features.tables.user import failed_counts

    counts: dict[str, Any] = dict(getattr(space, "failed", {}))
    for table in tables:
        counts |= failed_counts(table) if table is not None else {}
    return {"failed_values": counts} if counts else {}


def given(**options: Any) -> dict[str, Any]:
    """The options that were given: those that are not None."""
    return {name: value for name, value in options.items() if value is not None}


def dataset_of(dataset: str | None, shape: str | None, classes: int | None) -> str | None:
    """What ``--dataset``, or ``--shape`` and ``--classes``, say; None where nothing is said.

    Raises
    ------
    ProxyrankError
        If both are given, or the shape is none.
    """
    from proxyrank.spaces import data_shape

    if shape is None and classes is None:
        return dataset
    if dataset is not None:
        raise ProxyrankError("--dataset states shape and classes; leave --shape and --classes out")
    if shape and not re.fullmatch(r"\d+(x\d+){0,2}(@\d+)?", shape):
        raise ProxyrankError(
            f"--shape {shape}: expected an image as 3x64x128 (channels, height, width), a sequence as 128x16 "
            "(length, features) or 128@1000 (length, words), or a row of a table as 30"
        )
    return str(data_shape(f"{shape or '3x32x32'}:{classes or 10}", square=False))


FREE = ("--out", "--workers", "--threads", "--ray")
"""Options that change where and how fast a command runs, and no result."""


def repeatable(words: Sequence[str], *, without: Collection[str] = FREE) -> str | None:
    """The command line as a file states it: without ``--json`` and some options that take a value.

    None where it cannot be repeated: it read a pipe.
    """
    kept, words = [], list(words)
    while words:
        word = words.pop(0)
        if word in without:
            words = words[1:]
        elif word != "--json" and word.partition("=")[0] not in without:
            kept.append(word)
    values = [word.partition("=")[2] if word.startswith("--") else word for word in kept]
    if any(value == "-" or "\n" in value or is_pipe(value) for value in values):
        return None
    return shlex.join(["proxyrank", *kept])


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers joined by commas.

    Raises
    ------
    ProxyrankError
        If the text is something else.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ProxyrankError(f"{option} {text}: expected whole numbers joined by commas") from None


def names(text: str) -> tuple[str, ...]:
    """Names joined by commas, blanks and repeats left out."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
