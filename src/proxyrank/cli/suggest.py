"""``suggest``: which architectures to train next."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.candidates import read_candidates
from proxyrank.cli.labels import read_labels
from proxyrank.cli.own_table import learnable, open_space
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.table import TableSpace


def suggest(
    state: Annotated[
        Path | None,
        typer.Option(
            help="JSON file that remembers what was suggested; made if absent; in --search if not given."
        ),
    ] = None,
    search: Annotated[
        Path | None,
        typer.Option(
            help="Folder of a search: choose among the population it has left, and changes of the best "
            "trained networks within its limits."
        ),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Architectures to suggest.")] = 16,
    strategy: Annotated[
        str,
        typer.Option(
            help="variance (tells most about all others, needs no labels), improvement (likeliest to beat "
            "the best so far, from 32 labels on), or random."
        ),
    ] = "variance",
    labels: Annotated[
        str | None,
        typer.Option(help="CSV/parquet table with column arch and the labels of everything trained so far."),
    ] = None,
    label: options.Label = None,
    label_direction: options.LabelDirection = None,
    population: options.Population = None,
    archs: Annotated[
        str | None,
        typer.Option(
            "--archs",
            "--candidates",
            help="Architectures to choose from: a text file or a table, which may be one of your own "
            "networks, described by columns of numbers and words.",
        ),
    ] = None,
    build: options.Build = None,
    shape: options.Shape = None,
    classes: options.Classes = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    groups: Annotated[
        str | None,
        typer.Option(help="Feature groups that tell architectures apart; cheap ones if not given."),
    ] = None,
    key: options.Key = None,
    sentinel: options.Sentinels = None,
    seed: options.Seed = 0,
    more: Annotated[
        bool, typer.Option("--more", help="Suggest another batch though the last one has no labels yet.")
    ] = False,
    out: options.OutTable = None,
    space: options.LabelledSpace = None,
    json: options.Json = False,
) -> None:
    """Suggest a batch of architectures to train. Without new labels, the batch that waits is shown again.

    They are chosen from the population (without dead operations, if the space can tell), from --archs, from a
    --search, or, in a space that cannot be listed, from drawn ones and changes of the best.
    """
    from proxyrank.common.tabular import write_table
    from proxyrank.features import parse_groups
    from proxyrank.search.evolution.recall import SUGGESTED
    from proxyrank.search.suggest import suggest_next

    if state is None and search is None:
        raise ProxyrankError("say where suggestions are remembered: --state FILE, or --search FOLDER")
    file = state if state is not None else Path(search or "") / SUGGESTED
    if search and archs:
        raise ProxyrankError("--search and --archs both say what to choose from")
    where, table = open_space(
        space,
        labels,
        choose_from=archs,
        build=build,
        dataset=arguments.dataset_of(None, shape, classes),
        logits=logits,
        timeout=build_timeout,
        label=label,
        key=key,
        sentinels=sentinel,
    )
    known = read_labels(where, labels, label=label, direction=label_direction) if labels else None
    where = where if known is None else learnable(where, known)
    own = isinstance(where, TableSpace)
    found = suggest_next(
        where,
        file,
        search=search,
        count=batch,
        population=population,
        archs=list(read_candidates(where, archs).archs) if archs and not own else None,
        strategy=strategy,
        labels=known,
        seed=seed,
        more=more,
        groups=parse_groups(groups) if groups else None,
        features=table,
    )
    if not found.fresh:
        output.note(
            f"{len(found.archs)} suggested architectures have no label yet, here they are again; give "
            "--labels, or --more for another batch"
        )
    if out:
        write_table(pd.DataFrame({"arch": found.archs}), out)
        output.note(f"{out}: {len(found.archs)} architectures to train")
    if json:
        output.print_json(
            {
                "archs": found.archs,
                "fresh": found.fresh,
                "batches": found.batches,
                "trained": found.trained,
                "state": str(file),
                **arguments.failed_fields(where),
            }
        )
    elif not out:
        print("\n".join(found.archs))
