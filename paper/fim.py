"""Rankings by the Fisher spectrum under other settings, on a seeded subset of cells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from proxyrank.common.seeds import derive_rng
from proxyrank.features import compute_features
from proxyrank.features.network.aggregates import vkdnw_single
from proxyrank.paper.bench import Bench
from proxyrank.paper.metrics import paper_metrics
from proxyrank.paper.published import METRICS
from proxyrank.paper.result import Cell, finite

DRAWS = 50


def fim_cells(
    bench: Bench, variants: Mapping[str, dict[str, Any]], printed: Mapping[str, Mapping[str, float]]
) -> Iterator[Cell]:
    """Cells of vkdnw_single under each variant's settings.

    ``std`` is the standard error over cells, by the bootstrap. The nDCG of a subset, of which the top
    1,000 is a larger part, is marked as that of other cells. Features come through the cache, so a rerun goes
    on where an earlier one stopped.

    Parameters
    ----------
    bench
        Labels; ``bench.cells`` of its cells are drawn.
    variants
        Row -> settings of the group ``vkdnw``.
    printed
        Row -> published numbers.
    """
    dataset = bench.ablation
    archs = every = bench.labelled(dataset, "filtered")
    if bench.cells is not None and bench.cells < len(archs):
        chosen = derive_rng("ablation", bench.name).choice(len(archs), bench.cells, replace=False)
        archs = [archs[i] for i in sorted(chosen)]
    labels = bench.accuracies(dataset, archs)
    for row, settings in variants.items():
        table = compute_features(
            bench.space, archs, ["vkdnw"], settings=bench.settings(dataset).changed(**settings)
        )
        scores = vkdnw_single(table.frame)
        found = paper_metrics(scores, labels)
        rng = derive_rng("ablation bootstrap", row)
        draws: dict[str, list[float]] = {metric: [] for metric in METRICS}
        for _ in range(DRAWS):
            drawn = np.sort(rng.integers(len(archs), size=len(archs)))
            resampled = labels.iloc[drawn].set_axis(range(len(archs)))
            again = paper_metrics(scores.iloc[drawn].set_axis(range(len(archs))), resampled)
            for metric in METRICS:
                draws[metric].append(again[metric])
        for metric in METRICS:
            yield Cell(
                row,
                dataset,
                metric,
                finite(found[metric]),
                float(np.nanstd(draws[metric])),
                published=printed.get(row, {}).get(metric) if bench.name == "nb201" else None,
                n=len(archs),
                of=len(every) if metric == "nDCG" and len(archs) < len(every) else 0,
                note="standard error over cells",
            )


def fim_notes(bench: Bench, cells: Sequence[Cell]) -> list[str]:
    """Which cells with which batch, and what not to compare."""
    batch = bench.settings(bench.ablation).batch_size
    notes = [f"{cells[0].n} cells without dead operations, batch {batch}"]
    if any(cell.of for cell in cells):
        notes.append(f"nDCG over {cells[0].n} cells is not comparable with the published one, over all")
    return notes
