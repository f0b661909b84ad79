"""What comes of a search: all architectures with their final scores, the ten best, the front."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common.tabular import write_table
from proxyrank.search.evolution.plan import SearchPlan
from proxyrank.search.evolution.run import Search
from proxyrank.search.evolution.selection import crowded_order, fronts

BEST = 10


@dataclass(frozen=True, eq=False)
class Found:
    """Tables of a search.

    Attributes
    ----------
    history
        Every scored architecture in order: ``step``, ``arch``, ``score`` among all seen (one column per
        objective where there are several), what limits know, the values, whether it is ``kept``, reasons of
        gaps.
    best
        The ten best rows of it, best first; of several objectives by front and crowding distance.
    front
        Rows that no other beats: in all objectives, or in score and FLOPs where there is one.
    """

    history: pd.DataFrame
    best: pd.DataFrame
    front: pd.DataFrame


def score_columns(plan: SearchPlan) -> list[str]:
    """Names of the columns of scores."""
    return ["score"] if len(plan.objectives) == 1 else [f"score {name}" for name in plan.objectives]


def results(search: Search, plan: SearchPlan) -> Found:
    """Tables of a search that has run."""
    state, names = search.state, score_columns(plan)
    scores = search.scorer.scores(state.values())
    kept = np.zeros(len(state.children), dtype=bool)
    kept[state.kept] = True
    history = pd.DataFrame({"step": [child.step for child in state.children]})
    history["arch"] = [child.arch for child in state.children]
    history[names] = scores
    measures = pd.DataFrame([dict(child.measures) for child in state.children], index=history.index)
    values = pd.DataFrame(state.values(), columns=list(state.columns), index=history.index)
    values = values.dropna(axis=1, how="all")
    history = pd.concat([history, measures, values.drop(columns=list(measures), errors="ignore")], axis=1)
    history["kept"] = kept
    history["status"] = ["; ".join(f"{name}: {why}" for name, why in gaps.items()) for gaps in state.gaps]
    order = np.argsort(-scores[:, 0], kind="stable") if len(names) == 1 else crowded_order(scores)
    return Found(history, history.iloc[order[:BEST]], _front(history, names))


def _front(history: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Rows of the first front, by their first score, best first."""
    towards = history[names].to_numpy()
    if len(names) == 1:
        if "flops" not in history:
            return history.iloc[[int(np.argmax(towards[:, 0]))]]
        towards = np.column_stack([towards, -history["flops"].to_numpy(dtype=np.float64)])
    first = fronts_first(towards)
    return history[first].sort_values([names[0], "step"], ascending=[False, True])


def fronts_first(towards: np.ndarray) -> np.ndarray:
    """Which rows no other beats, as truth values; quick for two columns, of which both are to be large."""
    if towards.shape[1] != 2:
        found: np.ndarray = fronts(towards) == 0
        return found
    order = np.lexsort((-towards[:, 1], -towards[:, 0]))
    second = towards[order, 1]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(second)[:-1]])
    mask = np.zeros(len(towards), dtype=bool)
    mask[order[second > before]] = True
    return mask


def write_results(found: Found, out: Path) -> tuple[Path, ...]:
    """Write ``history.csv``, ``best.csv`` and ``front.csv``."""
    files = tuple(out / f"{name}.csv" for name in ("history", "best", "front"))
    for frame, file in zip((found.history, found.best, found.front), files, strict=True):
        write_table(frame, file)
    return files
