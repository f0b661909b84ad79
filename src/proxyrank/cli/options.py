"""Options that several commands share, each written once, and where the files they name are looked for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from proxyrank.common.files import require_parent
from proxyrank.common.tabular import WRITE_SUFFIXES, table_suffix

if TYPE_CHECKING:
    pass


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

Sentinels = Annotated[
    list[float] | None,
    typer.Option(
        "--sentinel",
        help="Number in your own table that stands for a failed computation, besides -1e8; may be given "
        "several times.",
    ),
]

BuildTimeout = Annotated[
    float | None,
    typer.Option(
        "--build-timeout",
        min=0.001,
        help="Seconds that a network of yours may take to be imported, to be built, and to be scored; what "
        "takes longer has no value. 60, 60 and 3600 if not given.",
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
    typer.Option(
        "--shape",
        help="What your networks read: images as 3x64x128, sequences as 128x16 (or 128@1000: words), rows as "
        "30; instead of --dataset.",
    ),
]
Classes = Annotated[
    int | None, typer.Option("--classes", min=1, help="Logits of your networks; 10 if not given.")
]
Logits = Annotated[
    str | None,
    typer.Option(
        "--logits",
        help="Which output of your networks are the logits, where there are several: position or name.",
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option("--batch-size", help=f"{_BATCH_SIZE}; the proxy's own, else 64, if not given."),
]
OneBatchSize = Annotated[int, typer.Option("--batch-size", help=f"{_BATCH_SIZE}, for all proxies.")]
OwnBatchSize = Annotated[
    int | None,
    typer.Option("--batch-size", help=f"{_BATCH_SIZE}; that of the shipped table, or 64, if not given."),
]
"""`BatchSize` where what is shipped is taken if nothing is said."""
_INPUT = "noise, pink, a folder of images, an .npy/.npz file, a torchvision name: what the networks read"
Input = Annotated[
    str | None, typer.Option("--input", help=f"{_INPUT}; the proxy's own, else noise, if not given.")
]
OneInput = Annotated[str, typer.Option("--input", help=f"{_INPUT}; for all proxies.")]
OwnInput = Annotated[
    str | None,
    typer.Option("--input", help=f"{_INPUT}; column by column that of the shipped tables, if not given."),
]
"""`Input` where what is shipped is taken if nothing is said."""
Root = Annotated[str | None, typer.Option("--root", help="Folder of torchvision's data.")]
Seed = Annotated[
    int, typer.Option("--seed", help="Seed of all that is drawn: splits, models, weights, images.")
]
TrainSize = Annotated[
    int | None, typer.Option("--train-size", help="Labelled architectures to learn from; all if not given.")
]
Split = Annotated[
    str,
    typer.Option(
        "--split",
        help="published (random), grouped (equal networks stay on one side), or classes (one architecture of "
        "each class of equal networks, so that --train-size counts different ones).",
    ),
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
