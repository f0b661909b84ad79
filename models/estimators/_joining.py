"""Families of columns that join an ensemble's members where rankings of unseen rows say that they pay."""

from dataclasses import replace

import numpy as np
from scipy.stats import kendalltau
from sklearn.base import clone

from proxyrank.common.labels import SIGNS
from proxyrank.models.base import TabularRanker
from proxyrank.models.estimators._members import MemberOptions, Positions, columns_of_families
from proxyrank.models.estimators._recipes import Recipe
from proxyrank.models.parts.blocks import block_folds
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.targets import FloatArray

GAIN, REPEATS = 0.005, 2
"""Tau that columns must gain to join; cross-validations that decide where labels are few (many: one)."""


def settle_joining(
    X: FloatArray, y: FloatArray, context: FitContext, recipe: Recipe, options: MemberOptions, folds: int
) -> Recipe:
    """The recipe with those of its ``joining`` families that pay, for processes and trees apart.

    Each is judged by refits without the fold: the closed form of a process, whose length scales have seen the
    row, prefers many columns (on 60 cells of NAS-Bench-201 it saw a gain of .13 where .04 was lost).

    Parameters
    ----------
    X, y, context
        As in `fit_processes`.
    recipe, options
        What is to be fitted.
    folds
        Number of folds; below two no family joins.
    """
    target = recipe.process_targets[0]
    process = options.process(target, recipe.penalty)
    tree = options.tree(0, target, {**recipe.tree_params, **recipe.tree_variants[0]})
    for name in recipe.joining:
        if not context.families.get(name):
            continue
        repeats = 0 if folds < 2 else REPEATS if recipe.refits else 1
        gain = {}
        for model, names in ((process, recipe.process_families[0]), (tree, recipe.tree_families)):
            sets = [columns_of_families(X.shape[1], context.families, own) for own in (names, (*names, name))]
            taus = [
                [_tau(model, X, y, context, columns, folds, seed) for columns in sets]
                for seed in range(repeats)
            ]
            gain[model] = float(np.mean([more - base for base, more in taus])) if taus else -np.inf
        if gain[process] > GAIN:
            sets_of = tuple((*names, name) for names in recipe.process_families)
            recipe = replace(recipe, process_families=sets_of)
        else:
            recipe = replace(recipe, unseen=(*recipe.unseen, name))
        if gain[tree] > GAIN:
            recipe = replace(recipe, tree_families=(*recipe.tree_families, name))
    return recipe


def _tau(
    model: TabularRanker,
    X: FloatArray,
    y: FloatArray,
    context: FitContext,
    columns: Positions,
    folds: int,
    seed: int,
) -> float:
    """Kendall's tau of labels with rankings of rows that a refit has not seen."""
    found = np.zeros(len(y))
    for train, test in block_folds(context.blocks, folds, seed=seed):
        if np.ptp(y[train]) == 0:
            return 0.0
        known = {"pool": context.pool[:, columns]} if "pool" in model.fit_context else {}
        again = clone(model).fit(X[np.ix_(train, columns)], y[train], **known)
        found[test] = again.rank_score(X[np.ix_(test, columns)])
    return float(np.nan_to_num(kendalltau(found, SIGNS[model.direction] * y)[0]))
