"""Rankings by the Fisher spectrum under other settings, on a seeded subset of cells."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.common.executors import in_this_process
from proxyrank.common.files import dump_json
from proxyrank.common.seeds import derive_rng
from proxyrank.common.shards import run_sharded
from proxyrank.features import FeatureSettings
from proxyrank.features.network.ablation import fisher_ablation
from proxyrank.features.network.aggregates import vkdnw_single
from proxyrank.paper.bench import Bench
from proxyrank.paper.metrics import paper_metrics
from proxyrank.paper.published import METRICS
from proxyrank.paper.result import Cell, finite

DRAWS = 50
SHARD = 4
"""Cells that a kill can cost."""
READ = ("vkdnw_dim", "vkdnw_entropy")


def fim_cells(
    bench: Bench,
    variants: Mapping[str, dict[str, Any]],
    printed: Mapping[str, Mapping[str, float]],
    parts: Path,
) -> Iterator[Cell]:
    """Cells of vkdnw_single under each variant's settings.

    ``std`` is the standard error over cells, by the bootstrap. The nDCG of a subset, of which the top
    1,000 is a larger part, is marked as that of other cells.

    Parameters
    ----------
    bench
        Labels; ``bench.cells`` of its cells are drawn.
    variants
        Row -> settings of the group ``vkdnw``.
    printed
        Row -> published numbers.
    parts
        Folder of finished cells, so that a rerun goes on where an earlier one stopped.
    """
    dataset = bench.ablation
    archs = every = bench.labelled(dataset, "filtered")
    if bench.cells is not None and bench.cells < len(archs):
        chosen = derive_rng("ablation", bench.name).choice(len(archs), bench.cells, replace=False)
        archs = [archs[i] for i in sorted(chosen)]
    labels = bench.accuracies(dataset, archs)
    for row, frame in _spectra(bench, archs, variants, parts).items():
        scores = vkdnw_single(frame)
        found, errors = paper_metrics(scores, labels), _standard_errors(row, scores, labels)
        for metric in METRICS:
            yield Cell(
                row,
                dataset,
                metric,
                finite(found[metric]),
                errors[metric],
                published=printed.get(row, {}).get(metric) if bench.name == "nb201" else None,
                n=len(archs),
                of=len(every) if metric == "nDCG" and len(archs) < len(every) else 0,
                note="standard error over cells",
            )


def _spectra(
    bench: Bench, archs: Sequence[str], variants: Mapping[str, dict[str, Any]], parts: Path
) -> dict[str, pd.DataFrame]:
    """What `vkdnw_single` reads, by row; every network is built once for all variants."""
    usual = bench.settings(bench.ablation)
    settings = {row: usual.changed(**own) for row, own in variants.items()}
    name = short_digest(dump_json({row: own.model_dump(mode="json") for row, own in settings.items()}))
    written = run_sharded(
        archs,
        partial(_part, bench=bench, settings=settings),
        parts / f"fim-{name}",
        executor=in_this_process,
        shard_size=SHARD,
        what="Fisher spectra",
    )
    values = pd.concat([pd.read_parquet(path) for path in written]).set_index("arch")
    return {
        row: values[[f"{row}:{column}" for column in READ]].set_axis(list(READ), axis=1) for row in variants
    }


def _part(archs: Sequence[str], *, bench: Bench, settings: Mapping[str, FeatureSettings]) -> pd.DataFrame:
    found = fisher_ablation(bench.space, archs, settings)
    named = [rows.values[list(READ)].add_prefix(f"{row}:") for row, rows in found.items()]
    return pd.concat(named, axis=1).reset_index()


def _standard_errors(row: str, scores: "pd.Series[float]", labels: "pd.Series[float]") -> dict[str, float]:
    rng = derive_rng("ablation bootstrap", row)
    draws: dict[str, list[float]] = {metric: [] for metric in METRICS}
    for _ in range(DRAWS):
        drawn = np.sort(rng.integers(len(labels), size=len(labels)))
        again = paper_metrics(*(own.iloc[drawn].set_axis(range(len(drawn))) for own in (scores, labels)))
        for metric in METRICS:
            draws[metric].append(again[metric])
    return {metric: float(np.nanstd(own)) for metric, own in draws.items()}


def fim_notes(bench: Bench, cells: Sequence[Cell]) -> list[str]:
    """Which cells with which batch, and what not to compare."""
    batch = bench.settings(bench.ablation).batch_size
    notes = [f"{cells[0].n} cells without dead operations, batch {batch}"]
    if any(cell.of for cell in cells):
        notes.append(f"nDCG over {cells[0].n} cells is not comparable with the published one, over all")
    return notes
