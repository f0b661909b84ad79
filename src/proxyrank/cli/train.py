"""``train``: labels in, a ranker folder out."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from proxyrank.cli import options, output
from proxyrank.cli.labels import labelled_space, read_labels
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import data_shape


def train(
    labels: options.Labels,
    out: Annotated[Path, typer.Option(help="Ranker folder to write.")],
    label: options.Label = None,
    label_direction: Annotated[
        Literal["max", "min"] | None, typer.Option(help="max (accuracy, the default) or min (error, loss).")
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Feature groups joined by commas, or all; if not given, paths,cell,flow, or config in a "
            "space without graphs."
        ),
    ] = None,
    features: Annotated[
        str | None, typer.Option(help="Your own feature table (CSV/parquet) in place of computed features.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="lightgbm, ensemble, gp, or forest (the published baseline); if not given, ensemble where "
            "network groups join paths and flow (as in all), lightgbm elsewhere."
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(help="Target transform of lightgbm: none, logit, quantile-normal, log-error."),
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
    population: options.Population = None,
    train_size: Annotated[
        int | None, typer.Option(help="Architectures to train on; all if not given.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="published (random), or grouped (equal networks on one side).")
    ] = "published",
    seed: Annotated[int, typer.Option(help="Of the split and the model.")] = 0,
    dataset: Annotated[
        str | None, typer.Option(help="Data set of network features; the label's name if that is one.")
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(help="Images a batch of network features; those of the shipped table if not given."),
    ] = None,
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
    """Train a ranker on labelled architectures and write it to a folder."""
    from proxyrank.features import default_groups, load_table, parse_groups
    from proxyrank.train.fit import FitPlan, fit_ranker
    from proxyrank.train.study import adopt_study, study_remark

    where = labelled_space(space, labels)
    if dataset:
        data_shape(dataset)
    if features and groups:
        raise ProxyrankError("--features brings its own columns; leave --groups out")
    if study and (groups or tune):
        raise ProxyrankError("--study brings its own groups and parameters; leave --groups and --tune out")
    if not out.absolute().parent.is_dir():
        raise ProxyrankError(f"--out {out}: the folder {out.absolute().parent} does not exist")
    known = read_labels(
        where, labels, label=label, direction=label_direction, duplicates=duplicates, strict=strict
    )
    table = load_table(options.data_path(features, "--features"), where, "--features") if features else None
    plan = FitPlan(
        groups=tuple(table.sidecar.groups) if table else parse_groups(groups or default_groups(where)),
        model=model,
        params={
            key: value
            for key, value in {"target": target, "objective": objective}.items()
            if value is not None
        },
        population=population or "all",
        split=split,
        train_size=train_size,
        seed=seed,
        dataset=dataset,
        settings={
            key: value
            for key, value in {"batch_size": batch_size, "seed": feature_seed}.items()
            if value is not None
        },
        threads=threads,
        tune=tune,
        intervals=intervals,
    )
    if study:
        plan = adopt_study(plan, study, where.name)
    ranker = fit_ranker(where, known, plan, features=table)
    ranker.save(out)
    card = ranker.card
    if study and (remark := study_remark(study, card)):
        output.note(remark)
    for text in card.notes:
        output.note(text)
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
    if json:
        output.print_json(summary)
    else:
        output.print_fields(summary)
        print(f"next: proxyrank rank {out} --unseen --top 10{options.space_option(where)}")
