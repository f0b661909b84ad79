"""Members of an ensemble: Gaussian processes and LightGBM, fitted, and predicted out of fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import kendalltau

from proxyrank.common.labels import SIGNS
from proxyrank.models.estimators._recipes import ALWAYS, LEAST_GAIN, Recipe
from proxyrank.models.estimators.gp import GaussianProcessRanker
from proxyrank.models.estimators.lightgbm import LightGBMRanker
from proxyrank.models.parts.blocks import block_folds
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.ranks import RankMap
from proxyrank.models.parts.targets import FloatArray

Positions = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class MemberOptions:
    """What all members of an ensemble share: its own parameters of the same names (see `EnsembleRanker`)."""

    scale: str
    direction: str
    seed: int
    n_jobs: int | None
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
            n_jobs=self.n_jobs,
        )

    def tree(self, number: int, target: str, params: Mapping[str, Any]) -> LightGBMRanker:
        """Make the LightGBM of a place in the recipe, not fitted."""
        tree = LightGBMRanker(
            target,
            scale=self.scale,
            direction=self.direction,
            random_state=self.seed + number,
            n_jobs=self.n_jobs,
            **params,
        )
        tree.n_estimators = max(1, round(self.tree_share * tree.n_estimators))
        return tree


def columns_of_families(width: int, families: Mapping[str, Sequence[int]], names: Sequence[str]) -> Positions:
    """Positions of the columns of families, sorted; of all ``width`` columns where none of them is there.

    `ALWAYS` joins every choice of families.
    """
    found = sorted(i for name in (*names, *ALWAYS) for i in families.get(name, ()))
    return np.array(found, dtype=np.int64) if found else np.arange(width)


def fit_processes(
    X: FloatArray, y: FloatArray, context: FitContext, recipe: Recipe, options: MemberOptions
) -> tuple[list[GaussianProcessRanker], list[Positions]]:
    """Fit the recipe's processes, each set of families for itself.

    Parameters
    ----------
    X, y
        Features [n, d] and labels [n].
    context
        Pool, blocks of equal networks, families of columns.
    recipe, options
        What to fit.

    Returns
    -------
    list of GaussianProcessRanker, list of ndarray
        One for each set and target, and the columns that each sees.
    """
    pool, blocks, families = context.pool, context.blocks, context.families
    oriented = SIGNS[options.direction] * y
    everything = np.arange(X.shape[1])
    sets = [columns_of_families(X.shape[1], families, names) for names in recipe.process_families]
    sets = [one for i, one in enumerate(sets) if not any(np.array_equal(one, other) for other in sets[:i])]

    def fitted(columns: Positions) -> tuple[GaussianProcessRanker, float]:
        process = options.process(recipe.process_targets[0], recipe.penalty)
        process.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks)
        return process, float(np.nan_to_num(kendalltau(process.left_out_, oriented)[0]))

    processes: list[GaussianProcessRanker] = []
    seen: list[Positions] = []
    for i, columns in enumerate(sets):
        first, tau = fitted(columns)
        if recipe.wider and i == 0 and len(columns) < len(everything):
            wider, wider_tau = fitted(everything)
            if wider_tau > tau + LEAST_GAIN:
                first, columns = wider, everything
        own = [first]
        for target in recipe.process_targets[1:]:
            other = options.process(target, recipe.penalty)
            lengths = first.posterior_.lengths
            own.append(other.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks, lengths=lengths))
        processes += own
        seen += [columns] * len(own)
    return processes, seen


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
    tried = dict.fromkeys(recipe.tree_targets)  # one tree ensemble per target says enough
    for train, test in block_folds(blocks, folds, seed=options.seed % 2**32):
        if np.ptp(y[train]) == 0:
            return None
        for target in tried:
            number = recipe.tree_targets.index(target)
            tree = options.tree(number, target, recipe.tree_params).fit(X[train], y[train])
            found[test] += maps[number](tree.rank_score(X[test])) / len(tried)
    return found
