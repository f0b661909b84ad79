"""The list of commands. A new one is a module of this folder and a line here."""

from typing import Annotated

import typer

from proxyrank import __version__
from proxyrank.cli import (
    compare,
    demo,
    digits,
    evaluate,
    explain,
    features,
    info,
    proxies,
    rank,
    report,
    reproduce,
    score,
    search,
    show,
    simulate,
    study,
    suggest,
    train,
    transfer,
)
from proxyrank.cli.once import OnceCommand
from proxyrank.cli.verbosity import HELP

app = typer.Typer(
    name="proxyrank",
    help="Rank thousands of untrained neural architectures from a few trained ones.",
    epilog=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich would read [nats] as a style, and leaves help a narrow column
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"proxyrank {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


_COMMANDS = (
    (demo.demo, "proxyrank demo --out demo"),
    (features.features, "proxyrank features --archs cells.txt --groups graf,paths --out table.parquet"),
    (train.train, "proxyrank train --labels acc.csv --label cifar10 --train-size 1024 --out ranker"),
    (study.study, "proxyrank study --labels acc.csv --label cifar10 --train-size 1024 --seed 1 --out study"),
    (rank.rank, "proxyrank rank ranker --unseen --top 10"),
    (evaluate.evaluate, "proxyrank evaluate ranker --labels acc.csv --json"),
    (
        compare.compare,
        "proxyrank compare --labels digits --groups graf,paths+cell+flow --sizes 64,256 --out compared",
    ),
    (info.info, "proxyrank info ranker"),
    (explain.explain, 'proxyrank explain ranker --arch "(4, 0, 3, 1, 4, 3)"'),
    (
        transfer.transfer,
        "proxyrank transfer ranker --labels acc.csv --label cifar100 --train-size 32 --out r2",
    ),
    (suggest.suggest, "proxyrank suggest --state search.json --batch 16 --out next.csv"),
    (search.search, "proxyrank search --space nb201 --objective flops --iterations 200 --out found"),
    (simulate.simulate, "proxyrank simulate --labels digits --budget 64 --seeds 3 --out sim"),
    (report.report, "proxyrank report ranker --labels acc.csv"),
    (reproduce.reproduce, "proxyrank reproduce table10 --out reproduced"),
    (show.show, 'proxyrank show "(4, 0, 3, 1, 4, 3)"'),
    (score.score, "proxyrank score '(2, 2, 2, 2, 2, 2)' --proxies vkdnw,naswot --batch-size 16"),
    (proxies.proxies, "proxyrank proxies"),
    (show.canonical, "proxyrank canonical --archs cells.txt --out keys.csv"),
)

for _function, _example in _COMMANDS:
    app.command(cls=OnceCommand, epilog=f"\b\nExample: {_example}")(_function)
for _name, _benchmark in digits.APPS.items():
    app.add_typer(_benchmark, name=_name)
