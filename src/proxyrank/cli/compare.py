"""``compare``: several rankings, several numbers of labels, several splits."""

import sys
from typing import Annotated

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import read_labels
from proxyrank.cli.own_table import learnable, open_space
from proxyrank.common.threads import resolve_threads


def compare(
    labels: options.Labels,
    out: options.OutFolder,
    label: options.Label = None,
    label_direction: options.LabelDirection = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Rankings to train, joined by commas: each is a feature group or several joined by +; the "
            "space's own if nothing is named."
        ),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(help="Models to train each of them with, joined by commas; its own if not given."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Scores that need no labels, joined by commas: dim, vkdnw_agg, az_nas, a proxy, a column of "
            "your table. flops and params are always there."
        ),
    ] = None,
    ranker: Annotated[
        list[str] | None,
        typer.Option(
            help="Ranker folder, judged as it is; what it was trained on is judged by none. May be given "
            "several times."
        ),
    ] = None,
    sizes: Annotated[str, typer.Option(help="Numbers of labels, joined by commas.")] = "64,256",
    seeds: Annotated[int, typer.Option(min=1, help="Splits of each size (seeds 0, 1, ...).")] = 5,
    metric: Annotated[
        str, typer.Option(help="What differences and the picture are of: KT, SPR, nDCG, regret@1, ...")
    ] = "KT",
    reference: Annotated[
        str | None,
        typer.Option(
            help="Ranking that the others are subtracted from; the best at the largest size if not given."
        ),
    ] = None,
    population: options.Population = None,
    split: options.Split = "published",
    features: options.Features = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    shape: options.Shape = None,
    classes: options.Classes = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    key: options.Key = None,
    sentinel: options.Sentinels = None,
    dataset: options.OwnDataset = None,
    batch_size: options.OwnBatchSize = None,
    images: options.OwnInput = None,
    root: options.Root = None,
    space: options.LabelledSpace = None,
    workers: options.Workers = None,
    json: options.Json = False,
) -> None:
    """Compare rankings over numbers of labels and seeds. Stop it at any time: the same command goes on."""
    from proxyrank.common.executors import on_processes
    from proxyrank.features import FeatureSettings
    from proxyrank.train.compare import ComparePlan, learnt_rankings, make_comparison, write_comparison
    from proxyrank.train.compare.render import enough_lines, wide_table

    dataset = arguments.dataset_of(dataset, shape, classes)
    where, own = open_space(
        space,
        labels,
        features=features,
        candidates=candidates,
        build=build,
        dataset=dataset,
        logits=logits,
        timeout=build_timeout,
        label=label,
        key=key,
        sentinels=sentinel,
    )
    scores, folders = arguments.names(by or ""), ranker or []
    named = arguments.names(groups or ""), arguments.names(models or "")
    bare = not any(named) and (scores or folders)
    plan = ComparePlan(
        learnt=() if bare else learnt_rankings(where, *named, own),
        scores=scores,
        sizes=arguments.numbers(sizes, "--sizes"),
        seeds=tuple(range(seeds)),
        population=population or "all",
        split=split,
        metric=metric,
        reference=reference,
        dataset=dataset,
        settings=FeatureSettings(**arguments.given(batch_size=batch_size, input=images, root=root)),
    )
    known = read_labels(where, labels, label=label, direction=label_direction)
    where = learnable(where, known)
    found = make_comparison(
        where,
        known,
        plan,
        executor=on_processes(resolve_threads(workers)),
        out=out,
        rankers=folders,
        features=own,
    )
    command = arguments.repeatable(sys.argv[1:])
    files = write_comparison(found, out, space=where.name, command=command or "")
    for reason in dict.fromkeys(found.rows["reason"]):
        if reason:
            output.note(f"{(found.rows['reason'] == reason).sum()} of {len(found.rows)} rows: {reason}")
    if json:
        output.print_json(
            {
                "label": found.label,
                "metric": plan.metric,
                "reference": found.plan.reference,
                "table": output.records(found.table),
                "enough": output.records(found.enough),
            }
        )
        return
    header, rows, _ = wide_table(found.table, found.plan)
    output.print_rows(header, rows, f"{plan.metric} on {found.label}, mean ± deviation of {seeds} splits")
    for line in enough_lines(found.enough, plan):
        print(line)
    print(f"wrote {', '.join(path.name for path in files)} to {out}")
    output.next_step("report", out)
