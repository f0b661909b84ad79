"""``report``: one page of what a folder holds."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import read_labels
from proxyrank.cli.own_ranker import open_ranker
from proxyrank.common.errors import ProxyrankError
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    import pandas as pd

    from proxyrank.models import ProxyRanker


def report(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="A ranker, or what compare, study, search or reproduce wrote."),
    ],
    labels: Annotated[
        str | None,
        typer.Option(
            help="Labels to judge a ranker by, as evaluate takes them (also in pip install 'proxyrank[nats]' "
            "archives); those of a shipped benchmark are found if it was trained on it."
        ),
    ] = None,
    label: options.Label = None,
    label_direction: options.LabelDirection = None,
    out: Annotated[
        Path | None,
        typer.Option(
            callback=options.require_folder,
            help="Page to write; report.html in the folder, or beside a ranker, if not given.",
        ),
    ] = None,
    features: options.Features = None,
    sentinel: options.Sentinels = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    space: options.RankerSpace = None,
    json: options.Json = False,
) -> None:
    """Write one page with tables and pictures that needs no network."""
    from proxyrank.report import write_report
    from proxyrank.report.ranker import Beside
    from proxyrank.report.write import is_ranker

    if not is_ranker(folder):
        if labels:
            raise ProxyrankError(f"--labels judges a ranker, and {folder} is none")
        page = write_report(folder, out)
    else:
        ranker, own = open_ranker(
            folder,
            space=space,
            features=features,
            candidates=candidates,
            build=build,
            logits=logits,
            timeout=build_timeout,
            sentinels=sentinel,
        )
        card, labels = ranker.card, labels or _shipped(ranker)
        known = repeats = None
        if labels:
            known = read_labels(
                ranker.search_space,
                labels,
                label=label or card.label.name,
                direction=label_direction or card.label.direction,
            )
            repeats = _repeats(labels, known.name)
        command = arguments.repeatable(sys.argv[1:])
        beside = Beside(known, repeats, own, [command] if command else [])
        page = write_report(folder, out, ranker=ranker, beside=beside)
    output.print_summary({"report": str(page)}, json=json)


def _shipped(ranker: "ProxyRanker") -> str | None:
    """The shipped benchmark that a ranker was trained on, if it was."""
    for name, benchmark in BENCHMARKS.items():
        same = (benchmark.space, benchmark.label) == (ranker.card.space, ranker.card.label.name)
        if same and ranker.card.label.path == benchmark.table.name:
            return name
    return None


def _repeats(labels: str, label: str) -> "pd.DataFrame | None":
    """Single trainings behind the labels of a shipped benchmark."""
    import pandas as pd

    if labels not in BENCHMARKS:
        return None
    return pd.read_parquet(BENCHMARKS[labels].table).filter(regex=f"^{label}_seed")
