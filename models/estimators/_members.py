"""Members of an ensemble: Gaussian processes and LightGBM, fitted, and predicted out of fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import kendalltau
from sklearn.base import clone

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
    fit_rows: int | None = None

    def process(self, target: str, penalty: float) -> GaussianProcessRanker:
        """Make a Gaussian process, not fitted."""
        return GaussianProcessRanker(
            target,
            penalty=penalty,
            steps=self.steps,
            fit_rows=self.fit_rows,
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

    def fitted(columns: Positions, penalty: float) -> tuple[GaussianProcessRanker, float]:
        process = options.process(recipe.process_targets[0], penalty)
        process.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks)
        return process, float(np.nan_to_num(kendalltau(process.left_out_, oriented)[0]))

    processes: list[GaussianProcessRanker] = []
    seen: list[Positions] = []
    for i, columns in enumerate(sets):
        first, tau = fitted(columns, recipe.penalty)
        if recipe.wider and i == 0 and len(columns) < len(everything):
            wider, wider_tau = fitted(everything, recipe.penalty)
            if wider_tau > tau + LEAST_GAIN:
                first, columns = wider, everything
        leading = [first, *(fitted(columns, penalty)[0] for penalty in recipe.more_penalties)]
        for leader in leading:
            own = [leader]
            for target in recipe.process_targets[1:]:
                other = options.process(target, leader.penalty)
                lengths = leader.posterior_.lengths
                own.append(other.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks, lengths=lengths))
            processes += own
            seen += [columns] * len(own)
    return processes, seen


def keep_targets(
    recipe: Recipe, processes: Sequence[GaussianProcessRanker], oriented: FloatArray
) -> tuple[Recipe, list[int]]:
    """The recipe without targets whose processes rank worse out of fold, and which processes stay.

    Parameters
    ----------
    recipe, processes
        What was fitted; the trees take the targets that stay, each as often as the recipe has variants.
    oriented
        Labels [n], larger is better.
    """
    if recipe.slack is None:
        return recipe, list(range(len(processes)))
    taus = [float(np.nan_to_num(kendalltau(one.left_out_, oriented)[0])) for one in processes]
    best: dict[str, float] = {}
    for process, tau in zip(processes, taus, strict=True):
        best[process.target] = max(tau, best.get(process.target, -1.0))
    kept = [target for target in recipe.process_targets if best[target] >= max(best.values()) - recipe.slack]
    trees = tuple(target for target in kept for _ in recipe.tree_variants)
    places = [i for i, one in enumerate(processes) if one.target in kept]
    return replace(recipe, process_targets=tuple(kept), tree_targets=trees), places


def processes_left_out(
    X: FloatArray,
    y: FloatArray,
    context: FitContext,
    folds: int,
    maps: Sequence[RankMap],
    processes: Sequence[tuple[GaussianProcessRanker, Positions]],
    seed: int,
) -> FloatArray | None:
    """Mean normalised rank [n] by some processes, each row predicted by refits without its fold.

    The closed form `left_out_` has length scales that have seen the row. That flatters the processes beside
    the trees where labels are few: on 100 labels of NAS-Bench-101 it cost .02 of Kendall's tau.

    Parameters
    ----------
    X, y, context
        As in `fit_processes`.
    folds, seed
        As of the trees.
    maps
        Normalised rank of a score, one for each process.
    processes
        The processes, and the columns that each sees.

    Returns
    -------
    ndarray or None
        None where a fold's training labels are all equal.
    """
    found = np.zeros(len(y))
    for train, test in block_folds(context.blocks, folds, seed=seed % 2**32):
        if np.ptp(y[train]) == 0:
            return None
        for (process, columns), mapped in zip(processes, maps, strict=True):
            again = clone(process).fit(X[np.ix_(train, columns)], y[train], pool=context.pool[:, columns])
            found[test] += mapped(again.rank_score(X[np.ix_(test, columns)])) / len(processes)
    return found


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
            tree = options.tree(number, *recipe.tree(number)).fit(X[train], y[train])
            found[test] += maps[number](tree.rank_score(X[test])) / len(tried)
    return found
