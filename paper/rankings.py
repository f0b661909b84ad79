"""Numbers of rows: training-free ones once, model-driven ones over seeds."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from proxyrank.common.errors import TableError
from proxyrank.common.files import read_json, write_json
from proxyrank.evaluate import ranker_scores, size_scores, without
from proxyrank.features import get_group
from proxyrank.paper.bench import Bench
from proxyrank.paper.judging import paper_metrics
from proxyrank.paper.published import METRICS, published
from proxyrank.paper.reasons import why, why_spectrum
from proxyrank.paper.result import Cell, finite, mean_and_std
from proxyrank.paper.rows import ModelDriven, TrainingFree
from proxyrank.train.fit import FitPlan, fit_ranker

NO_TABLE = "no feature table"


def training_free_cells(
    bench: Bench, rows: Sequence[TrainingFree], population: str, table: str, metrics: Sequence[str] = METRICS
) -> Iterator[Cell]:
    """Cells of rankings without labels, on every data set."""
    for dataset in bench.labels:
        every = bench.labelled(dataset, population)
        sizes = size_scores(bench.space, every, dataset).rename(columns={"dim": "vkdnw_dim"})
        covered = bench.covered(dataset, population)
        frame = bench.features(dataset, covered) if covered else pd.DataFrame()
        made = bench.making(dataset, covered)
        for row in rows:
            scores = _scores(row, sizes if row.sizes_only else frame)
            archs = [] if scores is None else every if row.sizes_only else covered
            printed = published(table, row.published, dataset)
            note = (row.note or (why([row.name], made) if printed else "")) if archs else NO_TABLE
            if not row.sizes_only and archs and len(archs) < len(every):
                note = "; ".join(filter(None, (note, f"{len(archs)} of {len(every)} cells have features")))
            found = {} if scores is None else paper_metrics(scores, bench.accuracies(dataset, archs))
            for metric in metrics:
                yield Cell(
                    row.name,
                    dataset,
                    metric,
                    finite(found[metric]) if found else None,
                    published=printed.get("mean" if metric == "top1" else metric),
                    n=len(archs),
                    of=len(every) if 0 < len(archs) < len(every) else 0,
                    note=note,
                )


def _scores(row: TrainingFree, frame: pd.DataFrame) -> "pd.Series[float] | None":
    """A ranking by columns of a frame; None where it lacks one."""
    try:
        return row.score(frame)
    except TableError:
        return None


def model_cells(
    bench: Bench,
    rows: Sequence[ModelDriven],
    population: str,
    table: str,
    parts: Path,
    metrics: Sequence[str] = METRICS,
    on_part: Callable[[str], None] = lambda text: None,
) -> Iterator[Cell]:
    """Cells of learnt rankings; each fit's metrics are kept in ``parts``, so that a rerun goes on."""
    for dataset in bench.labels:
        for row in rows:
            networks = [name for name in row.groups if get_group(name).needs_network]
            every = bench.labelled(dataset, population)
            archs = bench.covered(dataset, population, networks) if networks else every
            printed = published(table, row.published, dataset)
            found = []
            for seed in bench.seeds if len(archs) > bench.train_size else ():
                path = parts / f"{bench.name}-{population}-{row.name}-{dataset}-{seed}.json".replace(
                    ", ", "-"
                )
                if not path.exists():
                    on_part(f"{row.name} {dataset} seed {seed}")
                    values = _judge(bench, row, dataset, population, archs, seed)
                    write_json(values, path)
                found.append(read_json(path))
            note = "" if found else NO_TABLE
            if found and row.groups == ("vkdnw",) and printed:
                note = why_spectrum(bench.features(dataset, archs))
            if found and len(archs) < len(every):
                note = "; ".join(filter(None, (note, f"{len(archs)} of {len(every)} cells have features")))
            for metric in metrics:
                mean, std = mean_and_std([one[metric] for one in found]) if found else (None, None)
                yield Cell(
                    row.name,
                    dataset,
                    metric,
                    mean,
                    std,
                    published=printed.get("mean" if metric == "top1" else metric),
                    n=max(0, len(archs) - bench.train_size),
                    seeds=len(found),
                    of=len(every) if found and len(archs) < len(every) else 0,
                    note=note,
                )


def _judge(
    bench: Bench, row: ModelDriven, dataset: str, population: str, archs: list[str], seed: int
) -> dict[str, float]:
    """Metrics of one fit on all networks that it was not trained on."""
    labels = bench.labels[dataset].subset(archs)
    plan = FitPlan(
        row.groups,
        model=row.model,
        population=population,
        train_size=bench.train_size,
        seed=seed,
        dataset=dataset,
        settings=bench.choices(dataset, archs, row.groups),
        threads=bench.threads,
    )
    ranker = fit_ranker(bench.space, labels, plan)
    unseen = without(labels, ranker.train_archs).values
    return paper_metrics(ranker_scores(ranker, list(unseen.index)), unseen)
