"""Play strategies against known labels: how good a ranker is after so many trained networks."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import Executor
from proxyrank.common.files import atomic_path, dump_json, read_json
from proxyrank.common.pictures import panels, save_figure
from proxyrank.common.progress import track
from proxyrank.common.tabular import write_table
from proxyrank.evaluate import Labels, evaluate_scores, in_population, ranker_scores, without
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker, SplitCard
from proxyrank.search.candidates import make_candidates
from proxyrank.search.plots import plot_simulation
from proxyrank.search.simulation import AT_ONCE, Simulation, check_header, run_name
from proxyrank.search.strategies import propose
from proxyrank.spaces import SearchSpace, default_dataset, get_space, source_of

MEASURES = ("KT", "SPR", "nDCG", "regret@1", "regret@10")
"""What each ranker is judged by."""


def run_simulation(
    space: SearchSpace,
    labels: Labels,
    plan: Simulation,
    out: str | Path,
    *,
    executor: Executor,
    features: FeatureTable | None = None,
) -> pd.DataFrame:
    """Every strategy with every seed; what an earlier run finished is read back.

    Parameters
    ----------
    space, labels
        Of a benchmark: every candidate that has no label is left out.
    plan
        What is played.
    out
        Folder of ``parts/`` (one JSON file a run), made if absent.
    executor
        Where runs run.
    features
        Table with the rows of all labelled architectures, in place of computed features.

    Returns
    -------
    DataFrame
        Columns ``strategy, seed, trained``, the metrics on all networks not trained, ``best`` (best label
        found) and ``regret`` (distance of that to the best of all), sorted.

    Raises
    ------
    ProxyrankError
        If labels or settings will not do, or the folder holds another simulation.
    """
    known = in_population(space, labels, plan.population)
    if plan.checkpoints[-1] >= len(known.values):
        raise ProxyrankError(
            f"a budget of {plan.checkpoints[-1]} needs more labels than the {len(known.values)} there are"
        )
    parts = Path(out) / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    check_header(parts / "header.json", plan, known)
    runs = [(strategy, seed) for strategy in plan.strategies for seed in plan.seeds]
    todo = [run for run in runs if not (parts / run_name(run)).exists()]
    play = partial(play_run, space=source_of(space), labels=known, plan=plan, features=features)
    results = executor(play, todo) if todo else iter(())
    done = len(runs) - len(todo)
    for at, rows in track(results, total=len(runs), what="simulating", done=done):
        with atomic_path(parts / run_name(todo[at])) as path:
            path.write_text(dump_json(rows), encoding="utf-8")
    rows = [row for run in runs for row in read_json(parts / run_name(run))]
    return pd.DataFrame(rows)


def simulate_in_folder(
    space: SearchSpace,
    labels: Labels,
    plan: Simulation,
    out: Path,
    *,
    executor: Executor,
    features: FeatureTable | None = None,
) -> tuple[pd.DataFrame, tuple[Path, ...]]:
    """`run_simulation`, and what comes of it in the same folder.

    Parameters
    ----------
    space, labels, plan, out, executor, features
        As for `run_simulation`.

    Returns
    -------
    DataFrame
        `mean_over_seeds` of the rows.
    tuple of Path
        The files written: ``results.csv`` (all rows) and ``simulation.png``.
    """
    rows = run_simulation(space, labels, plan, out, executor=executor, features=features)
    files = (out / "results.csv", out / "simulation.png")
    write_table(rows, files[0])
    axes = panels(2, columns=2, width=4.5, height=4)
    for metric, ax in zip(("KT", "regret"), axes, strict=True):
        plot_simulation(rows, metric, label=labels.name, ax=ax)
    save_figure(axes[0], files[1])
    return mean_over_seeds(rows), files


def play_run(
    run: tuple[str, int],
    *,
    space: str | SearchSpace,
    labels: Labels,
    plan: Simulation,
    features: FeatureTable | None = None,
) -> list[dict[str, Any]]:
    """Rows of one strategy with one seed, one a checkpoint."""
    strategy, seed = run
    where = get_space(space)
    dataset = default_dataset(where)
    rows = []
    for trained in _chosen(where, labels, plan, strategy, seed, features):
        values = labels.values.loc[trained]
        ranker = ProxyRanker(
            groups=plan.groups,
            model=plan.model,
            space=space,
            settings={"dataset": dataset} if dataset else None,
            random_state=seed,
        )
        split = SplitCard(kind=strategy, train_size=len(trained), seed=seed, population=plan.population)
        ranker.fit(
            trained, values, direction=labels.direction, label=labels.name, split=split, features=features
        )
        unseen = without(labels, trained)
        report = evaluate_scores(
            ranker_scores(ranker, list(unseen.values.index), features), unseen, bootstrap=0
        ).to_dict()
        high = labels.direction == "max"
        found, best = (s.max() if high else s.min() for s in (values, labels.values))
        rows.append(
            {
                "strategy": strategy,
                "seed": seed,
                "trained": len(trained),
                **{name: report[name] for name in MEASURES},
                "best": float(found),
                "regret": abs(float(best) - float(found)),
            }
        )
    return rows


def _chosen(
    space: SearchSpace,
    labels: Labels,
    plan: Simulation,
    strategy: str,
    seed: int,
    features: FeatureTable | None,
) -> Iterator[list[str]]:
    """The networks trained at each checkpoint."""
    candidates = make_candidates(space, archs=list(labels.values.index), features=features)
    trained: list[str] = []
    for checkpoint in plan.checkpoints:
        while len(trained) < checkpoint:
            trained += propose(
                candidates,
                min(AT_ONCE, checkpoint - len(trained)),
                strategy=strategy,
                labels=labels.values.loc[trained],
                seed=seed,
                direction=labels.direction,
            )
        yield list(trained)


def mean_over_seeds(
    rows: pd.DataFrame, measures: Sequence[str] = ("KT", "SPR", "nDCG", "regret")
) -> pd.DataFrame:
    """Mean and standard deviation over seeds by strategy and number of trained networks."""
    grouped = rows.groupby(["strategy", "trained"], sort=False)[list(measures)]
    table = grouped.agg(["mean", "std"])
    table.columns = ["_".join(column) for column in table.columns.to_flat_index()]
    table["seeds"] = grouped.size()
    return table.reset_index()
