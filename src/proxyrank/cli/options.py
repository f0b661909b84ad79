"""Options that several commands share, each written once, and where the files they name are looked for."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import require_parent
from proxyrank.common.pipes import STDIN, is_pipe, spooled
from proxyrank.common.tabular import WRITE_SUFFIXES, table_suffix
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    from proxyrank.features import FeatureTable
    from proxyrank.spaces import SearchSpace


def require_folder(path: Path | None) -> Path | None:
    """Refuse a place that cannot be written to before any work is done."""
    if path is not None:
        require_parent(path, "--out")
    return path


def _out_table(path: Path | None) -> Path | None:
    if path is not None:
        table_suffix(path, WRITE_SUFFIXES)
    return require_folder(path)


_RANKER = typer.Argument(metavar="RANKER", help="Ranker folder, as train, transfer and demo write them.")
_OUT_FOLDER = typer.Option("--out", callback=require_folder, help="Folder to write; its parent must exist.")
_OUT_TABLE = typer.Option("--out", callback=_out_table, help="Table to write: .csv, .json or .parquet.")
_DATASET = typer.Option(
    "--dataset",
    help="Data set whose networks are built or measured (classes, resolution): cifar10, cifar100, ...; "
    "if not given, that of the space, the ranker or the label where there is one, else cifar10.",
)
_BATCH_SIZE = "Images per batch of the network features"

# what comes in
RankerFolder = Annotated[Path, _RANKER]
OptionalRankerFolder = Annotated[Path | None, _RANKER]
Archs = Annotated[
    str | None,
    typer.Option(
        "--archs",
        help="Architectures: a text file with one string or tuple per line, or a CSV/parquet file with "
        "column arch; - is the standard input.",
    ),
]
Labels = Annotated[
    str,
    typer.Option(
        "--labels",
        help="CSV or parquet file with column arch and labels (a name that is no file is also looked "
        "for in the folder PROXYRANK_DATA), digits or smallnets for a benchmark that proxyrank ships, or a "
        "NATS-Bench archive (pickles: only what you trust; pip install 'proxyrank[nats]').",
    ),
]
Label = Annotated[
    str | None, typer.Option("--label", help="Label column; the ranker's, or the only one, if not given.")
]
LabelDirection = Annotated[
    Literal["max", "min"] | None,
    typer.Option(
        "--label-direction",
        help="Whether higher (max: accuracy) or lower (min: error, loss) labels are better; the ranker's, "
        "or max, if not given.",
    ),
]
Features = Annotated[
    str | None,
    typer.Option(
        "--features",
        help="Your own feature table (CSV/parquet, column arch) in place of computed features; a "
        "ranker trained on one needs one.",
    ),
]

Candidates = Annotated[
    str | None,
    typer.Option(
        "--candidates", help="Table (CSV/parquet) of networks of your own: columns of numbers and words."
    ),
]
Build = Annotated[
    str | None,
    typer.Option(
        "--build",
        help="FILE.py:FUNCTION that returns an untrained torch module; called with a row of --candidates, "
        "its columns as keyword arguments.",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--id",
        help="Column of your table with the names of its architectures; arch, or the row, if not given.",
    ),
]

# what is meant
Space = Annotated[
    str, typer.Option("--space", help="Search space: the name of an installed one, or FILE.py:NAME.")
]
LabelledSpace = Annotated[
    str | None,
    typer.Option(
        "--space",
        help="Search space: the name of an installed one, or FILE.py:NAME; if not given, that of a shipped "
        "benchmark behind --labels, else nb201.",
    ),
]
RankerSpace = Annotated[
    str | None,
    typer.Option("--space", help="The ranker's search space, FILE.py:NAME, if it is not installed."),
]
Population = Annotated[
    str | None, typer.Option("--population", help="Part of the space: all, or filtered (no dead operations).")
]
Groups = Annotated[
    str | None,
    typer.Option(
        "--groups",
        help="Feature groups joined by commas, or all; if not given, paths,cell,flow, or config in a space "
        "without graphs.",
    ),
]
Dataset = Annotated[str, _DATASET]
OwnDataset = Annotated[str | None, _DATASET]
"""`Dataset` where the ranker or the label may say which."""
Shape = Annotated[
    str | None,
    typer.Option("--shape", help="Images that your networks read, as 3x224x224; instead of --dataset."),
]
Classes = Annotated[
    int | None, typer.Option("--classes", min=1, help="Logits of your networks; 10 if not given.")
]
BatchSize = Annotated[int, typer.Option("--batch-size", help=f"{_BATCH_SIZE}.")]
OwnBatchSize = Annotated[
    int | None,
    typer.Option("--batch-size", help=f"{_BATCH_SIZE}; that of the shipped table, or 64, if not given."),
]
"""`BatchSize` where what is shipped is taken if nothing is said."""
Input = Annotated[
    str,
    typer.Option(
        "--input",
        help="noise, pink, a folder of images, an .npy/.npz file, a torchvision name: what the "
        "networks read.",
    ),
]
Root = Annotated[str | None, typer.Option("--root", help="Folder of torchvision's data.")]
Seed = Annotated[
    int, typer.Option("--seed", help="Seed of all that is drawn: splits, models, weights, images.")
]
TrainSize = Annotated[
    int | None, typer.Option("--train-size", help="Labelled architectures to learn from; all if not given.")
]
Split = Annotated[
    str,
    typer.Option("--split", help="published (random), or grouped (equal networks stay on one side)."),
]

# where and how it runs
Device = Annotated[
    str, typer.Option("--device", help="cpu, cuda, or auto: CUDA where there is one; one process per GPU.")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Processes of one thread each; all cores if not given."),
]
Threads = Annotated[
    int,
    typer.Option(
        "--threads",
        min=1,
        help="Threads of the model; results do not depend on it. 1 is fastest below 5,000 rows.",
    ),
]

# what comes out
OutFolder = Annotated[Path, _OUT_FOLDER]
OptionalOutFolder = Annotated[Path | None, _OUT_FOLDER]
OutTable = Annotated[Path | None, _OUT_TABLE]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]


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


def dataset_of(dataset: str | None, shape: str | None, classes: int | None) -> str | None:
    """What ``--dataset``, or ``--shape`` and ``--classes``, say; None where nothing is said.

    Raises
    ------
    ProxyrankError
        If both are given, or the shape is none.
    """
    from proxyrank.spaces import DataShape

    if shape is None and classes is None:
        return dataset
    if dataset is not None:
        raise ProxyrankError("--dataset states shape and classes; leave --shape and --classes out")
    stated = re.fullmatch(r"(\d+)x(\d+)x\2", shape or "3x32x32")
    if stated is None:
        raise ProxyrankError(f"--shape {shape}: expected channels and pixels of square images, as 3x32x32")
    return str(DataShape(int(stated[1]), int(stated[2]), classes or 10))


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
