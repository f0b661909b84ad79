"""``transfer``: a ranker of one data set for another."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import read_labels
from proxyrank.cli.next_steps import print_rank_step
from proxyrank.cli.own_ranker import open_ranker
from proxyrank.common.commands import last_with_out
from proxyrank.common.errors import ProxyrankError

if TYPE_CHECKING:
    import pandas as pd


def transfer(
    ranker: options.RankerFolder,
    labels: options.Labels,
    out: options.OptionalOutFolder = None,
    label: options.Label = None,
    features: Annotated[
        str | None, typer.Option(help="The table of architectures, for a ranker that was trained on one.")
    ] = None,
    sentinel: options.Sentinels = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    label_direction: options.LabelDirection = None,
    train_size: options.TrainSize = None,
    split: options.Split = "published",
    seed: options.Seed = 0,
    evaluate: Annotated[
        bool,
        typer.Option("--evaluate", help="Compare with the source as it is and with training from nothing."),
    ] = False,
    sizes: Annotated[str, typer.Option(help="Numbers of labels that --evaluate compares.")] = "16,32,64,128",
    seeds: Annotated[int, typer.Option(min=1, help="Splits that --evaluate averages.")] = 3,
    space: options.RankerSpace = None,
    json: options.Json = False,
) -> None:
    """Adapt a ranker to another data set by a few labels.

    Without any, the source ranks as it is.
    """
    from proxyrank.train.adapt import TransferPlan, fit_transfer, transfer_table
    from proxyrank.train.own_leaks import own_leaks

    if (out is None) != evaluate:
        raise ProxyrankError("say what to do: --out R2 to write a ranker, or --evaluate (one of the two)")
    compared = arguments.numbers(sizes, "--sizes")
    source, own = open_ranker(
        ranker,
        space=space,
        features=features,
        candidates=candidates,
        build=build,
        logits=logits,
        timeout=build_timeout,
        sentinels=sentinel,
    )
    known = read_labels(source.search_space, labels, label=label, direction=label_direction)
    leaks, warnings = own_leaks(source.search_space, known)
    for text in (
        *(f"warning: the ranker looks at {c!r}, which is the label itself" for c in leaks),
        *warnings,
    ):
        output.note(text)
    if out is None:
        table = transfer_table(source, known, sizes=compared, seeds=range(1, seeds + 1), features=own)
        _show(table, json=json)
        output.note(f"KT with {known.name} on networks trained for neither")
        return
    found = fit_transfer(source, known, TransferPlan(split, train_size, seed), features=own)
    command = arguments.repeatable(sys.argv[1:])
    before = last_with_out(source.card.commands, ranker)
    found.save(out, commands=[*before, command] if command else [])
    for text in found.card.notes:
        output.note(text)
    summary = {
        "ranker": str(out),
        "label": known.name,
        "source": source.card.label.name,
        "n_train": found.card.n_train,
        "n_source": source.card.n_train,
    }
    summary |= arguments.failed_fields(source.search_space) if json else {}
    output.print_summary(summary, json=json)
    if not json:
        print_rank_step(found, out, labels=labels)


def _show(table: "pd.DataFrame", *, json: bool) -> None:
    if json:
        output.print_json(output.records(table))
        return
    rows = [
        [r.labels, f"{r.zero_shot:.3f}", f"{r.transferred:.3f}", f"{r.scratch:.3f}", r.seeds]
        for r in table.itertuples()
    ]
    output.print_rows(["labels", "source as it is", "transferred", "from nothing", "seeds"], rows)
