"""Members of an ensemble: Gaussian processes and LightGBM, fitted, and predicted out of fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from scipy.stats import kendalltau

from proxyrank.common.labels import SIGNS
from proxyrank.models.estimators._recipes import ALWAYS, LEAST_GAIN, Recipe
from proxyrank.models.estimators.gp import GaussianProcessRanker
from proxyrank.models.estimators.lightgbm import LightGBMRanker
from proxyrank.models.parts.fit_context import FitContext
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

    def process(
        self,
        target: str,
        penalty: float,
        screen: float = 0.0,
        engine: str = "gpytorch",
        scaling: str = "standard",
    ) -> GaussianProcessRanker:
        """Make a Gaussian process, not fitted."""
        return GaussianProcessRanker(
            target,
            penalty=penalty,
            steps=self.steps,
            fit_rows=self.fit_rows,
            screen=screen,
            scaling=scaling,
            engine=engine,
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
    hidden = [i for name in recipe.unseen for i in families.get(name, ())]
    everything = np.setdiff1d(np.arange(X.shape[1]), hidden)
    sets = [columns_of_families(X.shape[1], families, names) for names in recipe.process_families]
    sets = [one for i, one in enumerate(sets) if not any(np.array_equal(one, other) for other in sets[:i])]
    more = recipe.wider and len(sets[0]) < len(everything)

    def fitted(
        columns: Positions, penalty: float, screen: float = 0.0
    ) -> tuple[GaussianProcessRanker, float]:
        process = options.process(recipe.process_targets[0], penalty, screen, recipe.engine)
        process.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks)
        return process, float(np.nan_to_num(kendalltau(process.left_out_, oriented)[0]))

    def ranked(scaling: str) -> GaussianProcessRanker:
        drawn = replace(options, fit_rows=recipe.draw)
        process = drawn.process(recipe.process_targets[0], recipe.penalty, 0.0, recipe.engine, scaling)
        return process.fit(X[:, everything], y, pool=pool[:, everything], groups=blocks)

    processes: list[GaussianProcessRanker] = []
    seen: list[Positions] = []
    leaders: list[tuple[GaussianProcessRanker, Positions]] = []
    for i, columns in enumerate(sets):
        first, tau = fitted(columns, recipe.penalty)
        leaders.append((first, columns))
        if more and i == 0:
            wider, wider_tau = fitted(everything, recipe.penalty)
            if wider_tau > tau + LEAST_GAIN:
                leaders = [*(leaders if recipe.beside else ()), (wider, everything)]
        penalties = (recipe.penalty, *recipe.more_penalties)
        further = [*product((0.0,), penalties[1:]), *product(recipe.screens, penalties)]
        columns = leaders[-1][1]
        leaders += [(fitted(columns, penalty, screen)[0], columns) for screen, penalty in further]
    if more:
        leaders += [(ranked(name), everything) for name in recipe.scalings]
    for leader, columns in leaders:
        own = [leader]
        for target in recipe.process_targets[1:]:
            other = options.process(target, leader.penalty, leader.screen, recipe.engine, leader.scaling)
            lengths = leader.posterior_.lengths
            own.append(other.fit(X[:, columns], y, pool=pool[:, columns], groups=blocks, lengths=lengths))
        processes += own
        seen += [columns] * len(own)
    return processes, seen
