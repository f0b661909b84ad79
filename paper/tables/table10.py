"""Table 10: every subset of the five components of the aggregate."""

from itertools import combinations
from pathlib import Path

from proxyrank.features.network.aggregates import log_rank_sum, vkdnw_single
from proxyrank.paper.bench import Bench
from proxyrank.paper.judging import paper_metrics
from proxyrank.paper.published import METRICS, published
from proxyrank.paper.reasons import why
from proxyrank.paper.result import Cell, Result, finite

NAME = "table10"
TITLE = "Subsets of the components of vkdnw_agg"
PUBLISHED = "table10_components_ImageNet16-120"
COMPONENTS = {
    "V": "vkdnw_single",
    "J": "jacov",
    "E": "expressivity",
    "T": "trainability",
    "F": "flops",
}


def make(bench: Bench, out: Path) -> Result:
    """The 31 subsets, as sums of log(rank / n)."""
    dataset = bench.ablation
    archs = bench.covered(dataset, "filtered", ("vkdnw", "zcs"))
    if not archs:
        return Result(NAME, TITLE, notes=["no feature table"])
    frame, made = bench.features(dataset, archs), bench.making(dataset, archs)
    notes = [f"{len(archs)} cells without dead operations, {bench.makings(dataset, archs)}"]
    result = Result(NAME, TITLE, notes=notes)
    frame = frame.assign(vkdnw_single=vkdnw_single(frame))
    labels = bench.accuracies(dataset, archs)
    for size in range(1, 6):
        for letters in combinations(COMPONENTS, size):
            row = "".join(letters)
            scores = log_rank_sum(frame, [COMPONENTS[letter] for letter in letters])
            found = paper_metrics(scores, labels)
            printed = published(PUBLISHED, row) if bench.name == "nb201" else {}
            result.cells += [
                Cell(
                    row,
                    dataset,
                    metric,
                    finite(found[metric]),
                    published=printed.get(metric),
                    n=len(archs),
                    note=why([COMPONENTS[letter] for letter in letters], made) if printed else "",
                )
                for metric in METRICS
            ]
    taus = {cell.row: cell.ours or 0.0 for cell in result.cells if cell.metric == "KT"}
    best = max(taus, key=lambda row: taus[row])
    result.notes.append(f"best subset by KT: {best} ({taus[best]:.3f}); all five: {taus['VJETF']:.3f}")
    printed_taus = {c.row: c.published for c in result.cells if c.metric == "KT" and c.published is not None}
    if printed_taus:
        first = max(printed_taus, key=lambda row: printed_taus[row])
        result.notes.append(f"published best: {first} ({printed_taus[first]:.3f})")
    return result
