"""``train``: labels in, a ranker folder out."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import read_labels
from proxyrank.cli.next_steps import print_rank_step
from proxyrank.cli.own_table import learnable, open_space
from proxyrank.common.commands import read_commands, with_out
from proxyrank.common.errors import ProxyrankError
from proxyrank.models.catalogue import describe_models

MODEL_HELP = (
    f"{describe_models()}. If not given: auto for features of graphs; on nb201 ensemble where network groups "
    "join paths and flow (as in all) and for raw, lightgbm elsewhere and with --target or --objective."
)


def train(
    labels: options.Labels,
    out: options.OutFolder,
    label: options.Label = None,
    label_direction: options.LabelDirection = None,
    groups: options.Groups = None,
    features: options.Features = None,
    key: options.Key = None,
    sentinel: options.Sentinels = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    shape: options.Shape = None,
    classes: options.Classes = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    model: Annotated[str | None, typer.Option(help=MODEL_HELP)] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Target transform of lightgbm: none, logit, quantile-normal, power-normal, log-error."
        ),
    ] = None,
    objective: Annotated[
        str | None, typer.Option(help="Objective of lightgbm: regression or lambdarank.")
    ] = None,
    study: Annotated[
        Path | None, typer.Option(help="Take groups, columns and parameters from this folder of a study.")
    ] = None,
    tune: Annotated[
        int, typer.Option(min=0, help="Trials of a study inside the training part that chooses them now.")
    ] = 0,
    timeout: Annotated[
        float | None, typer.Option(min=0.001, help="Seconds after which --tune begins no further trial.")
    ] = None,
    also: Annotated[
        str | None,
        typer.Option(
            help="Another label column, of other networks: what a ranker of it says becomes a column, where "
            "that pays out of fold."
        ),
    ] = None,
    population: options.Population = None,
    train_size: options.TrainSize = None,
    split: options.Split = "published",
    seed: options.Seed = 0,
    dataset: options.OwnDataset = None,
    batch_size: options.OwnBatchSize = None,
    images: options.OwnInput = None,
    root: options.Root = None,
    feature_seed: Annotated[
        int | None, typer.Option(help="Seed of network features; that of the shipped table if not given.")
    ] = None,
    duplicates: Annotated[
        Literal["mean", "error"],
        typer.Option(help="Repeated architectures with different labels: mean or error."),
    ] = "mean",
    intervals: Annotated[
        bool,
        typer.Option(help="90 % prediction intervals from out-of-fold residuals; they need 20 labels."),
    ] = True,
    strict: Annotated[bool, typer.Option(help="Refuse missing labels instead of leaving them out.")] = False,
    space: options.LabelledSpace = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Train a ranker on labelled architectures."""
    from proxyrank.train.also import train_with_other
    from proxyrank.train.fit import FitPlan, wanted_groups
    from proxyrank.train.tuned import train_ranker

    if study and (groups or tune):
        raise ProxyrankError("--study brings its own groups and parameters; leave --groups and --tune out")
    if timeout is not None and not tune:
        raise ProxyrankError("--timeout limits --tune, which is not given; --build-timeout limits builders")
    if also and (study or tune or features or candidates):
        raise ProxyrankError("--also goes with computed features; leave --study, --tune and tables out")
    dataset = arguments.dataset_of(dataset, shape, classes)
    where, table = open_space(
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
    model = model or ("lightgbm" if target or objective else None)
    plan = FitPlan(
        groups=wanted_groups(where, groups, table, model=model),
        model=model,
        params=arguments.given(target=target, objective=objective),
        population=population or "all",
        split=split,
        train_size=train_size,
        seed=seed,
        dataset=dataset,
        settings=arguments.given(batch_size=batch_size, input=images, root=root, seed=feature_seed),
        threads=threads,
        intervals=intervals,
    )
    known = read_labels(
        where, labels, label=label, direction=label_direction, duplicates=duplicates, strict=strict
    )
    where = learnable(where, known)
    if also:
        other = read_labels(where, labels, label=also, direction=None, duplicates=duplicates)
        ranker, remarks = train_with_other(where, known, other, plan)
    else:
        ranker, remarks = train_ranker(
            where, known, plan, study=study, trials=tune, timeout=timeout, features=table
        )
    command = arguments.repeatable(sys.argv[1:], without=("--out",))  # the card states the threads
    before = with_out(read_commands(study), study) if study else []
    ranker.save(out, commands=[*before, command] if command else [])
    for text in remarks:
        output.note(text)
    card = ranker.card
    summary = {
        "ranker": str(out),
        "label": card.label.name,
        "direction": card.label.direction,
        "groups": "+".join(card.groups),
        "features": len(card.feature_names),
        "model": card.model,
        "n_train": card.n_train,
        "population": card.population,
        "intervals": card.intervals is not None,
    }
    output.print_summary(summary | (arguments.failed_fields(where, table) if json else {}), json=json)
    if not json:
        builder = (*(("--build", build) if build else ()), *(("--logits", logits) if logits else ()))
        print_rank_step(ranker, out, labels=labels, features=features or candidates, builder=builder)
