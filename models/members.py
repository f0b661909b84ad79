"""Members of an ensemble: Gaussian processes and LightGBM, fitted, and predicted out of fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import kendalltau
from sklearn.model_selection import GroupKFold

from proxyrank.models.gp import GaussianProcessRanker
from proxyrank.models.lightgbm import LightGBMRanker
from proxyrank.models.ranks import RankMap
from proxyrank.models.recipes import GRAPH, PAYS, Recipe
from proxyrank.models.targets import SIGNS, FloatArray

Positions = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class MemberOptions:
    """What all members of an ensemble share: its own parameters of the same names (see `EnsembleRanker`)."""

    scale: str
    direction: str
    seed: int
    threads: int
    steps: int
    tree_share: float

    def process(self, target: str, penalty: float) -> GaussianProcessRanker:
        """Make a Gaussian process, not fitted."""
        return GaussianProcessRanker(
            target,
            penalty=penalty,
            steps=self.steps,
            scale=self.scale,
            direction=self.direction,
            random_state=self.seed,
            threads=self.threads,
        )

    def tree(self, number: int, target: str, params: Mapping[str, Any]) -> LightGBMRanker:
        """Make the LightGBM of a place in the recipe, not fitted."""
        tree = LightGBMRanker(
            target,
            scale=self.scale,
            direction=self.direction,
            random_state=self.seed + number,
            threads=self.threads,
            **params,
        )
        tree.n_estimators = max(1, round(self.tree_share * tree.n_estimators))
        return tree


def candidate_columns(width: int, families: Mapping[str, Sequence[int]], recipe: Recipe) -> list[Positions]:
    """Sets of columns: those of the recipe's families or of graphs, then, for many labels, all of them."""
    names = recipe.families or GRAPH
    first = np.array(sorted(i for name in names for i in families.get(name, ())), dtype=np.int64)
    everything = np.arange(width)
    if not len(first):
        return [everything]
    return [first, everything] if recipe.families is None and len(first) < width else [first]


def fit_processes(
    X: FloatArray,
    y: FloatArray,
    pool: FloatArray,
    blocks: list[int],
    candidates: Sequence[Positions],
    recipe: Recipe,
    options: MemberOptions,
) -> tuple[list[GaussianProcessRanker], Positions]:
    """Fit the recipe's processes on the first candidate's columns, or on a later one's where those pay.

    Parameters
    ----------
    X, y, pool
        Features [n, d], labels [n], rows without labels [m, d].
    blocks
        Equal for rows that are the same network.
    candidates
        Sets of columns.
    recipe, options
        What to fit.

    Returns
    -------
    list of GaussianProcessRanker, ndarray
        One a target, and the columns that they see.
    """
    oriented = SIGNS[options.direction] * y
    best: tuple[float, GaussianProcessRanker, Positions] | None = None
    for columns in candidates:
        first = options.process(recipe.process_targets[0], recipe.penalty)
        first.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks)
        found = float(np.nan_to_num(kendalltau(first.left_out_, oriented)[0]))
        if best is None or found > best[0] + PAYS:
            best = found, first, columns
    assert best is not None
    _, first, columns = best
    others = [options.process(target, recipe.penalty) for target in recipe.process_targets[1:]]
    for other in others:
        lengths = first.posterior_.lengths
        other.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks, lengths=lengths)
    return [first, *others], columns


def trees_left_out(
    X: FloatArray,
    y: FloatArray,
    blocks: list[int],
    folds: int,
    maps: Sequence[RankMap],
    recipe: Recipe,
    options: MemberOptions,
) -> FloatArray | None:
    """Mean normalised rank [n] by the trees, each row predicted without its block.

    Parameters
    ----------
    X, y, blocks
        As in `fit_processes`, the columns of the trees only.
    folds
        Number of folds.
    maps
        Normalised rank of a score, one for each tree of the recipe.
    recipe, options
        What to fit.

    Returns
    -------
    ndarray or None
        None where a fold's training labels are all equal.
    """
    found = np.zeros(len(y))
    tried = dict.fromkeys(recipe.tree_targets)  # one tree ensemble a target says enough
    cutter = GroupKFold(folds, shuffle=True, random_state=options.seed % 2**32)
    for train, test in cutter.split(X, y, blocks):
        if np.ptp(y[train]) == 0:
            return None
        for target in tried:
            number = recipe.tree_targets.index(target)
            tree = options.tree(number, target, recipe.tree_params).fit(X[train], y[train])
            found[test] += maps[number](tree.rank_score(X[test])) / len(tried)
    return found
