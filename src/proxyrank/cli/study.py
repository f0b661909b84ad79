"""``study``: tune a ranker by cross-validation inside the training part."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import read_labels
from proxyrank.cli.own_table import learnable, open_space
from proxyrank.common.commands import add_command
from proxyrank.train.study_names import PRUNERS, SAMPLERS

if TYPE_CHECKING:
    from proxyrank.train.study import StudyReport


def study(
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
    metrics: Annotated[
        str, typer.Option(help="KT, SPR or nDCG; several joined by commas give a Pareto front.")
    ] = "KT",
    trials: Annotated[
        int, typer.Option(min=1, help="Finished trials of the study in all, over all runs and processes.")
    ] = 40,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            help="Seconds after which this run begins no further trial; the same command goes on.",
        ),
    ] = None,
    sampler: Annotated[str, typer.Option(help=f"What draws the trials: {', '.join(SAMPLERS)}.")] = "tpe",
    pruner: Annotated[str, typer.Option(help=f"What stops trials early: {', '.join(PRUNERS)}.")] = "wilcoxon",
    mlflow: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            help="Log every trial to this MLflow tracking URI (pip install 'proxyrank[mlflow]').",
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Of the cross-validation; follows the rows.")
    ] = None,
    repeats: Annotated[int | None, typer.Option(min=1, help="Of the folds; follows the rows.")] = None,
    storage: Annotated[
        str | None,
        typer.Option(help="SQLite file, journal:FILE, or a database URL; study.db in --out if not given."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the study in its storage.")] = "proxyrank",
    population: options.Population = None,
    train_size: options.TrainSize = None,
    split: options.Split = "published",
    seed: options.Seed = 0,
    dataset: options.OwnDataset = None,
    batch_size: options.OwnBatchSize = None,
    images: options.OwnInput = None,
    root: options.Root = None,
    space: options.LabelledSpace = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that share the trials; one keeps them reproducible.")
    ] = 1,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Tune a ranker. Interrupt it at any time; the same command goes on where it stopped."""
    from proxyrank.train.fit import FitPlan, wanted_groups
    from proxyrank.train.study import StudyPlan
    from proxyrank.train.study.tracking import mlflow_callback
    from proxyrank.train.tuned import study_in_folder

    stated, dataset = dataset, arguments.dataset_of(dataset, shape, classes)
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
    features_of = {"batch_size": batch_size, "input": images, "root": root}
    fit = FitPlan(
        groups=wanted_groups(where, groups, table),
        population=population or "all",
        split=split,
        train_size=train_size,
        seed=seed,
        dataset=dataset,
        settings={name: value for name, value in features_of.items() if value is not None},
        threads=threads,
    )
    plan = StudyPlan(
        trials, arguments.names(metrics), folds, repeats, timeout=timeout, sampler=sampler, pruner=pruner
    )
    if workers > 1:
        output.note(f"--workers {workers}: trials depend on timing, a seed does not repeat such a study")
    known = read_labels(where, labels, label=label, direction=label_direction)
    where = learnable(where, known)
    if mlflow is not None:
        plan = replace(plan, callbacks=(mlflow_callback(mlflow, plan.metrics),))
    report = study_in_folder(
        where, known, fit, plan, out, storage=storage, name=name, workers=workers, features=table
    )
    without = ("--out", "--threads", "--storage", "--mlflow")  # a storage's address may hold a password
    add_command(out, arguments.repeatable(sys.argv[1:], without=without))
    if timeout is not None and report.finished < trials:
        output.note(f"time is up with {report.finished} of {trials} trials; the same command goes on")
    if report.before >= trials:
        output.note(f"the study has {report.before} finished trials, {trials} were asked for: nothing to do")
    same = {
        "--labels": labels,
        "--label": label,
        "--label-direction": label_direction,
        "--features": features,
        "--candidates": candidates,
        "--build": build,
        "--shape": shape,
        "--classes": classes,
        "--logits": logits,
        "--id": key,
        "--population": population,
        "--train-size": train_size,
        "--split": split,
        "--seed": seed,
        "--dataset": stated,
        "--batch-size": batch_size,
        "--input": images,
        "--root": root,
    }
    _show(report, out, arguments.failed_fields(where, table), json=json)
    if not json:
        words = (word for option, value in same.items() if value is not None for word in (option, value))
        output.next_step("train", *words, *arguments.space_words(where), "--study", out, "--out", "ranker")


def _show(report: "StudyReport", out: Path, failed: dict[str, Any], *, json: bool) -> None:
    result = report.result
    fields: dict[str, Any] = {
        "study": result.study,
        "storage": report.storage,
        "trials": report.finished,
        "new": report.finished - report.before,
        **{key: result.trials[key] for key in ("complete", "pruned", "fail")},
        "best": result.trial,
        "values": result.values,
        "defaults": result.defaults,
        "groups": "+".join(result.groups),
        "columns": result.columns,
        "params": result.params,
        "committee": result.committee,
        "together": result.together,
    }
    if json:
        files = [str(path) for path in report.files]
        more = {"front": result.front, "settings": result.settings, "files": files, **failed}
        output.print_json({**fields, **more})
        return
    texts = {"values": _metrics(result.values), "defaults": _metrics(result.defaults)}
    params = ", ".join(f"{key} {_number(value)}" for key, value in result.params.items())
    names = [f"{member['weight']} x {member['model']}" for member in result.committee]
    together = {"members": ", ".join(names), "together": _metrics(result.together)} if names else {}
    shown = {name: value for name, value in fields.items() if name not in ("committee", "together")}
    output.print_fields({**shown, **texts, "params": params, **together})
    if len(result.front) > 1:
        print()
        output.print_rows(
            list(result.front[0]), [[_number(value) for value in row.values()] for row in result.front]
        )
    print(f"wrote {', '.join(path.name for path in report.files)} to {out}")
    print(result.taken)
    print(f"look: {shlex.join(['optuna-dashboard', report.storage])} (pip install 'proxyrank[dashboard]')")


def _metrics(values: dict[str, float] | None) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in values.items()) if values else "not judged"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
