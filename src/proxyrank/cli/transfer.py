"""``transfer``: a ranker of one data set for another."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from proxyrank.cli import options, output
from proxyrank.cli.labels import read_labels
from proxyrank.common.errors import ProxyrankError


def transfer(
    ranker: Annotated[Path, typer.Argument(help="Ranker folder of another data set, written by train.")],
    labels: options.Labels,
    out: Annotated[Path | None, typer.Option(help="Ranker folder to write.")] = None,
    label: options.Label = None,
    label_direction: Annotated[
        Literal["max", "min"] | None, typer.Option(help="max (accuracy, the default) or min (error, loss).")
    ] = None,
    train_size: Annotated[int | None, typer.Option(help="Labels to learn from; all if not given.")] = None,
    split: Annotated[str, typer.Option(help="published (random), or grouped.")] = "published",
    seed: Annotated[int, typer.Option(help="Of the split.")] = 0,
    evaluate: Annotated[
        bool,
        typer.Option("--evaluate", help="Compare with the source as it is and with training from nothing."),
    ] = False,
    sizes: Annotated[str, typer.Option(help="Numbers of labels that --evaluate compares.")] = "16,32,64,128",
    seeds: Annotated[int, typer.Option(min=1, help="Splits that --evaluate averages.")] = 3,
    space: options.RankerSpace = None,
    json: options.Json = False,
) -> None:
    """Adapt a ranker to another data set by a few of its labels; without any, the source ranks as it is."""
    from proxyrank.evaluate import in_population
    from proxyrank.models import ProxyRanker, SplitCard
    from proxyrank.train.adapt import transfer_ranker, transfer_table
    from proxyrank.train.splits import split_train

    if (out is None) != evaluate:
        raise ProxyrankError("say what to do: --out R2 to write a ranker, or --evaluate (one of the two)")
    source = ProxyRanker.load(ranker, space=space)
    where = source.search_space
    known = read_labels(where, labels, label=label, direction=label_direction)
    if out is None:
        try:
            numbers = [int(text) for text in sizes.split(",")]
        except ValueError:
            raise ProxyrankError(f"--sizes {sizes}: expected numbers joined by commas") from None
        table = transfer_table(source, known, sizes=numbers, seeds=range(1, seeds + 1))
        if json:
            output.print_json(output.records(table))
            return
        rows = [
            [r.labels, f"{r.zero_shot:.3f}", f"{r.transferred:.3f}", f"{r.scratch:.3f}", r.seeds]
            for r in table.itertuples()
        ]
        output.print_rows(["labels", "source as it is", "transferred", "from nothing", "seeds"], rows)
        output.note(f"KT with {known.name} on networks trained for neither")
        return
    if not out.absolute().parent.is_dir():
        raise ProxyrankError(f"--out {out}: the folder {out.absolute().parent} does not exist")
    archs = list(in_population(where, known, source.card.population).values.index)
    train = split_train(where, archs, kind=split, train_size=train_size, seed=seed)
    card = SplitCard(kind=split, train_size=len(train), seed=seed, population=source.card.population)
    found = transfer_ranker(source, known, train, split=card)
    found.save(out)
    for text in found.card.notes:
        output.note(text)
    summary = {
        "ranker": str(out),
        "label": known.name,
        "source": source.card.label.name,
        "n_train": len(train),
        "n_source": source.card.n_train,
    }
    if json:
        output.print_json(summary)
    else:
        output.print_fields(summary)
        print(f"next: proxyrank rank {out} --unseen --top 10{options.space_option(where)}")
