"""Play every ranking with every size and seed; what an earlier run finished is read back."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import Executor
from proxyrank.common.files import read_json, write_json
from proxyrank.common.progress import track
from proxyrank.common.tabular import json_safe
from proxyrank.evaluate import Labels, in_population, require_varied
from proxyrank.features import FeatureTable
from proxyrank.spaces import SearchSpace, has, source_of
from proxyrank.train.compare.header import check_header
from proxyrank.train.compare.plan import ComparePlan, Learnt
from proxyrank.train.compare.rankers import open_rankers, ranker_columns
from proxyrank.train.compare.rows import Field, learnt_row, score_rows
from proxyrank.train.compare.scores import BASELINES, score_frame

Task = tuple[Learnt, int, int]


def run_comparison(
    space: SearchSpace,
    labels: Labels,
    plan: ComparePlan,
    *,
    executor: Executor,
    out: Path | None = None,
    rankers: Sequence[str | Path] = (),
    features: FeatureTable | None = None,
) -> pd.DataFrame:
    """One row a ranking, size and seed; all rankings of a size and seed are judged on the same architectures.

    Parameters
    ----------
    space, labels
        Of any benchmark or table.
    plan
        What is compared.
    executor
        Where fits run.
    out
        Folder of ``parts/`` (a JSON file a fit), made if absent; None keeps nothing.
    rankers
        Ranker folders, judged as they are; what any of them was trained on is judged by none.
    features
        Table with the rows of the labelled architectures, in place of computed features.

    Returns
    -------
    DataFrame
        ``ranking, size, seed, judged``, the measures, ``reason`` where one is empty; sizes of networks stand
        last.

    Raises
    ------
    ProxyrankError
        If labels or settings will not do, or the folder holds another comparison.
    """
    known = in_population(space, labels, plan.population)
    if features is not None:
        known = known.subset(features.frame.index)
    require_varied(known)
    opened = open_rankers(rankers, space)
    aside = frozenset(arch for ranker in opened.values() for arch in ranker.train_archs)
    beside = [name for name in BASELINES if has(space, "sizes") and name not in plan.scores]
    _different_names([ranking.name for ranking in plan.learnt], plan.scores, list(opened), beside)
    field = Field(source_of(space), known, plan, features, aside)
    for size in plan.sizes:
        for seed in plan.seeds:
            field.split(size, seed)  # what cannot be split is refused before any work
    archs, scores = list(known.values.index), [*plan.scores, *beside]
    frame = score_frame(
        space,
        archs,
        scores,
        label=known.name,
        dataset=plan.dataset,
        settings=plan.settings,
        features=features,
    ).join(ranker_columns(opened, archs, features))
    rows = _learnt(field, executor, out) + score_rows(field, frame, [*opened, *scores])
    return pd.DataFrame(rows)


def _learnt(field: Field, executor: Executor, out: Path | None) -> list[dict[str, Any]]:
    plan = field.plan
    tasks: list[Task] = [(r, size, seed) for r in plan.learnt for size in plan.sizes for seed in plan.seeds]
    known: dict[int, dict[str, Any]] = {}
    parts = out / "parts" if out else None
    if parts:
        parts.mkdir(parents=True, exist_ok=True)
        check_header(parts / "header.json", field)
        names = [parts / _part_name(task) for task in tasks]
        known = {at: read_json(path) for at, path in enumerate(names) if path.exists()}
    # the longest first, so that no worker is left alone with one in the end
    todo = sorted(set(range(len(tasks))) - set(known), key=lambda at: (-tasks[at][1], tasks[at][2], -at))
    results = executor(partial(learnt_row, field=field), [tasks[at] for at in todo]) if todo else iter(())
    for place, row in track(results, total=len(tasks), what="comparing", done=len(known)):
        at = todo[place]
        known[at] = json_safe(row)
        if parts:
            write_json(known[at], parts / _part_name(tasks[at]))
    return [known[at] for at in range(len(tasks))]


def _part_name(task: Task) -> str:
    ranking, size, seed = task
    plain = re.sub(r"[^\w.+-]+", "-", ranking.name).strip("-")
    return f"{plain}-{short_digest(repr(ranking))[:8]}-{size}-{seed}.json"


def _different_names(*lists: Sequence[str]) -> None:
    names = [name for one in lists for name in one]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise ProxyrankError(f"two rankings are called {min(repeated)!r}")
