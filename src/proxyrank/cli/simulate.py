"""``simulate``: what a way of choosing is worth, played on a benchmark's labels."""

from typing import Annotated

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import read_labels
from proxyrank.cli.own_table import learnable, open_space
from proxyrank.common.threads import resolve_threads


def simulate(
    labels: options.Labels,
    out: options.OutFolder,
    label: options.Label = None,
    features: options.Features = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    shape: options.Shape = None,
    classes: options.Classes = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    key: options.Key = None,
    sentinel: options.Sentinels = None,
    label_direction: options.LabelDirection = None,
    strategy: Annotated[
        str, typer.Option(help="Joined by commas: random, variance, improvement (see suggest).")
    ] = "random,variance",
    budget: Annotated[int, typer.Option(min=4, help="Networks trained in the end.")] = 128,
    checkpoints: Annotated[
        str | None,
        typer.Option(
            help="Numbers of trained networks to judge at; the budget, its half and so on if not given."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each strategy (seeds 0, 1, ...).")] = 5,
    population: options.Population = None,
    groups: options.Groups = None,
    model: Annotated[
        str,
        typer.Option(help="Model of the ranker; the ensemble looks at paths, cell and flow alone at first."),
    ] = "ensemble",
    workers: options.Workers = None,
    space: options.LabelledSpace = None,
    json: options.Json = False,
) -> None:
    """Play strategies against known labels. Stop it at any time: the same command goes on."""
    from proxyrank.common.executors import on_processes
    from proxyrank.search.candidates import default_population
    from proxyrank.search.simulate import simulate_in_folder
    from proxyrank.search.simulation import Simulation, halved
    from proxyrank.train.fit import FitPlan, training_features, wanted_groups

    dataset = arguments.dataset_of(None, shape, classes)
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
    plan = Simulation(
        strategies=arguments.names(strategy),
        checkpoints=halved(budget)
        if checkpoints is None
        else arguments.numbers(checkpoints, "--checkpoints"),
        seeds=tuple(range(seeds)),
        population=population or default_population(where),
        groups=wanted_groups(where, groups, own, model=model),
        model=model,
    )
    known = read_labels(where, labels, label=label, direction=label_direction)
    where = learnable(where, known)
    if own is not None:  # known architectures that the table has no row of cannot be played
        known = known.subset(own.frame.index)
        own = training_features(where, known, FitPlan(plan.groups), features=own)
    table, files = simulate_in_folder(
        where, known, plan, out, executor=on_processes(resolve_threads(workers)), features=own
    )
    if json:
        output.print_json(output.records(table))
        return
    measures = ("KT", "SPR", "nDCG", "regret")
    shown = [
        [
            row["strategy"],
            row["trained"],
            *(f"{row[f'{m}_mean']:.3f} ± {row[f'{m}_std']:.3f}" for m in measures),
            row["seeds"],
        ]
        for row in table.to_dict(orient="records")
    ]
    output.print_rows(["strategy", "trained", *measures, "seeds"], shown)
    print(f"wrote {' and '.join(map(str, files))}")
