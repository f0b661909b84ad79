"""``study``: tune a ranker by cross-validation inside the training part."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from proxyrank.cli import options, output
from proxyrank.cli.labels import labelled_space, read_labels
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import data_shape

if TYPE_CHECKING:
    from proxyrank.train.study import StudyReport


def study(
    labels: options.Labels,
    out: Annotated[Path, typer.Option(help="Folder for the study, best.json, trials.csv and pictures.")],
    label: options.Label = None,
    label_direction: Annotated[
        Literal["max", "min"] | None, typer.Option(help="max (accuracy, the default) or min (error, loss).")
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Feature groups that a trial may use or drop; if not given, paths,cell,flow, or config in a "
            "space without graphs."
        ),
    ] = None,
    features: Annotated[
        str | None, typer.Option(help="Your own feature table (CSV/parquet) in place of computed features.")
    ] = None,
    metrics: Annotated[
        str, typer.Option(help="KT, SPR or nDCG; several joined by commas give a Pareto front.")
    ] = "KT",
    trials: Annotated[
        int, typer.Option(min=1, help="Finished trials of the study in all, over all runs and processes.")
    ] = 40,
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
    train_size: Annotated[
        int | None, typer.Option(help="Architectures of the training part; all if not given.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="published (random), or grouped (equal networks on one side).")
    ] = "published",
    seed: Annotated[int, typer.Option(help="Of the split, the folds, the models and the trials.")] = 0,
    dataset: Annotated[
        str | None, typer.Option(help="Data set of network features; the label's name if that is one.")
    ] = None,
    space: options.LabelledSpace = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Processes that share the trials; one keeps them reproducible.")
    ] = 1,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Tune a ranker. Interrupt it at any time; the same command goes on where it stopped."""
    from proxyrank.features import default_groups, load_table, parse_groups
    from proxyrank.train.fit import FitPlan
    from proxyrank.train.study import StudyPlan, study_in_folder

    where = labelled_space(space, labels)
    if dataset:
        data_shape(dataset)
    if features and groups:
        raise ProxyrankError("--features brings its own columns; leave --groups out")
    if jobs > 1:
        output.note(f"--jobs {jobs}: trials depend on their timing, a seed does not repeat such a study")
    known = read_labels(where, labels, label=label, direction=label_direction)
    table = load_table(options.data_path(features, "--features"), where, "--features") if features else None
    fit = FitPlan(
        groups=tuple(table.sidecar.groups) if table else parse_groups(groups or default_groups(where)),
        population=population or "all",
        split=split,
        train_size=train_size,
        seed=seed,
        dataset=dataset,
        threads=threads,
    )
    plan = StudyPlan(trials, tuple(metrics.split(",")), folds, repeats)
    try:
        report = study_in_folder(
            where, known, fit, plan, out, storage=storage, name=name, jobs=jobs, features=table
        )
    except KeyboardInterrupt:
        output.note("interrupted: finished trials are kept, the same command goes on from there")
        raise typer.Exit(130) from None
    if report.before >= trials:
        output.note(f"the study has {report.before} finished trials, {trials} were asked for: nothing to do")
    _show(report, out, json=json)


def _show(report: "StudyReport", out: Path, *, json: bool) -> None:
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
    }
    if json:
        files = [str(path) for path in report.files]
        output.print_json({**fields, "front": result.front, "settings": result.settings, "files": files})
        return
    texts = {"values": _metrics(result.values), "defaults": _metrics(result.defaults)}
    params = ", ".join(f"{key} {_number(value)}" for key, value in result.params.items())
    output.print_fields({**fields, **texts, "params": params})
    if len(result.front) > 1:
        print()
        output.print_rows(
            list(result.front[0]), [[_number(value) for value in row.values()] for row in result.front]
        )
    print(f"wrote {', '.join(path.name for path in report.files)} to {out}")
    print(f"look at it: optuna-dashboard {report.storage} (pip install proxyrank[dashboard])")
    print(f"next: proxyrank train --study {out}, with the same labels, seed and train size")


def _metrics(values: dict[str, float] | None) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in values.items()) if values else "not judged"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
