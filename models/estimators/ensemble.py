"""A blend of Gaussian processes and gradient-boosted trees on normalised ranks: the ranking ``all``."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.isotonic import IsotonicRegression

from proxyrank.common.labels import SIGNS
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.estimators._joining import settle_joining
from proxyrank.models.estimators._members import (
    MemberOptions,
    columns_of_families,
    fit_processes,
)
from proxyrank.models.estimators._nested import pack_inner, unpack_inner
from proxyrank.models.estimators._out_of_fold import keep_targets, processes_left_out, trees_left_out
from proxyrank.models.estimators._recipes import Recipe, recipe_for
from proxyrank.models.estimators._scoring import member_scores
from proxyrank.models.estimators.gp import GaussianProcessRanker
from proxyrank.models.estimators.lightgbm import LightGBMRanker
from proxyrank.models.parts.checks import as_shares
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.ranks import RankMap, fit_rank_map
from proxyrank.models.parts.shares import better_share, tau_of_share
from proxyrank.models.parts.targets import FloatArray

MEMBERS: dict[str, type[TabularRanker]] = {"gp": GaussianProcessRanker, "lightgbm": LightGBMRanker}
LEAST_OUT_OF_FOLD = 8
"""Rows below which no member is predicted out of fold."""


class EnsembleRanker(TabularRanker):
    """Gaussian processes and LightGBM of several targets, blended on normalised ranks.

    Which members there are, and which families of columns they see, follows from the number of labels
    (`recipe_for`). Families that need networks, and weights of the blend other than the recipe's, are used
    only where out-of-fold predictions say that they pay. A score is a normalised rank in the pool, fixed at
    fitting: it never depends on which architectures are asked for together.

    Parameters
    ----------
    folds
        Of the out-of-fold predictions of the trees; rows of one group stay in one fold.
    steps
        Of the processes' fits.
    tree_share
        Share of the recipe's trees per LightGBM that are grown.
    scale
        Scale of the labels, as in `fit_target`.
    direction
        ``max`` where a larger label is better, ``min`` where a smaller one is.
    random_state
        Seed of the trees and folds.
    n_jobs
        Threads of the members; -1 takes all cores.

    Attributes
    ----------
    members_ : list of Ranker
        The fitted members, processes first.
    share_ : float
        Weight of the processes.
    columns_ : list of ndarray
        Positions of the columns that each member sees.
    oof_score_ : ndarray of shape (n,) or None
        Score of each training row predicted without its group; None below 8 rows.
    feature_importances_ : ndarray of shape (n_features,)
        The members' importances, weighted as in the blend.
    """

    fit_context = frozenset({"pool", "groups", "families"})
    has_contributions = True
    label_sees_oof = True
    arrays_file = "maps.npz"
    fit_rows: ClassVar[int | None] = None
    """Rows that the processes' length scales are fitted to, where there are more."""

    def __init__(
        self,
        *,
        folds: int = 5,
        steps: int = 40,
        tree_share: float = 1.0,
        scale: str = "auto",
        direction: str = "max",
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.folds = folds
        self.steps = steps
        self.tree_share = tree_share
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        recipe = self._recipe(len(y))
        options = MemberOptions(
            self.scale, self.direction, self.seed_, self.n_jobs, self.steps, self.tree_share, self.fit_rows
        )
        recipe = settle_joining(X, y, context, recipe, options, self._folds(len(y), context))
        processes, columns = fit_processes(X, y, context, recipe, options)
        recipe, kept = keep_targets(recipe, processes, SIGNS[self.direction] * y)
        processes, columns = [processes[i] for i in kept], [columns[i] for i in kept]
        seen = columns_of_families(X.shape[1], context.families, recipe.tree_families)
        trees = [options.tree(i, *recipe.tree(i)).fit(X[:, seen], y) for i in range(len(recipe.tree_targets))]
        self.members_: list[Any] = [*processes, *trees]
        self.columns_ = columns + [seen] * len(trees)
        self._n_processes = len(processes)
        self.maps_ = [fit_rank_map(score) for score in self._scores(context.pool)]
        score = self._choose_share(X, y, context, recipe, options)
        isotonic = IsotonicRegression(increasing=self.direction == "max").fit(score, y)
        self.label_map_ = RankMap(
            np.asarray(isotonic.X_thresholds_, dtype=np.float64),
            np.asarray(isotonic.y_thresholds_, dtype=np.float64),
        )

    def _recipe(self, n: int) -> Recipe:
        """What is fitted to n labels."""
        return recipe_for(n)

    @property
    def used_columns_(self) -> set[int]:
        """Positions of the columns that any member sees; the others may be missing in `rank_score`."""
        return {int(i) for columns in self.columns_ for i in columns}

    def _score(self, X: FloatArray) -> FloatArray:
        """Blended normalised rank in the pool, shape [n]."""
        return self._blend(self._scores(X))

    def contributions(self, X: ArrayLike) -> FloatArray:
        """TreeSHAP of the trees' share alone, shape [n, d + 1]: the mean over the LightGBM of one target.

        Scores of different targets have different units, so only those of the first target are averaged. The
        processes are not explained.
        """
        features = self._checked(X)
        columns = self.columns_[-1]
        trees = self.members_[self._n_processes :]
        alike = [tree for tree in trees if tree.target == trees[0].target]
        found = np.mean([tree.contributions(features[:, columns]) for tree in alike], axis=0)
        shares = np.zeros((len(features), features.shape[1] + 1))
        shares[:, columns], shares[:, -1] = found[:, :-1], found[:, -1]
        return shares

    def label_of(self, score: FloatArray) -> FloatArray:
        """Label of a `rank_score`, shape [n]: monotone, fitted to the out-of-fold scores."""
        labels: FloatArray = np.interp(score, self.label_map_.scores, self.label_map_.ranks)
        return labels

    def _importances(self) -> FloatArray:
        total = np.zeros(self.n_features_in_)
        trees = len(self.members_) - self._n_processes
        for i, (member, columns) in enumerate(zip(self.members_, self.columns_, strict=True)):
            process = i < self._n_processes
            weight = self.share_ / self._n_processes if process else (1 - self.share_) / trees
            total[columns] += weight * member.feature_importances_
        return as_shares(total)

    def _state(self) -> Stored:
        members: list[dict[str, Any]] = []
        files: dict[str, bytes] = {}
        for i, member in enumerate(self.members_):
            kind = "gp" if i < self._n_processes else "lightgbm"
            entry, own = pack_inner(member, f"member{i}-")
            members.append({"kind": kind, **entry})
            files |= own
        knots = {f"map{i}": np.stack([m.scores, m.ranks]) for i, m in enumerate(self.maps_)}
        label = np.stack([self.label_map_.scores, self.label_map_.ranks])
        columns = {f"columns{i}": where for i, where in enumerate(self.columns_)}
        values = {"share": self.share_, "processes": self._n_processes, "members": members}
        return Stored(values, {"label": label, **columns, **knots}, files)

    def _restore(self, stored: Stored) -> None:
        self.share_ = float(stored.values["share"])
        self._n_processes = int(stored.values["processes"])
        self.members_ = [
            unpack_inner(MEMBERS[entry["kind"]], entry, stored.files, f"member{i}-")
            for i, entry in enumerate(stored.values["members"])
        ]
        count = range(len(self.members_))
        self.columns_ = [stored.arrays[f"columns{i}"] for i in count]
        self.label_map_ = RankMap(*stored.arrays["label"])
        self.maps_ = [RankMap(*stored.arrays[f"map{i}"]) for i in count]

    def _scores(self, X: FloatArray) -> list[FloatArray]:
        """Score [n] of every member."""
        return member_scores(self.members_, self.columns_, X)

    def _choose_share(
        self, X: FloatArray, y: FloatArray, context: FitContext, recipe: Recipe, options: MemberOptions
    ) -> FloatArray:
        """Set the weight of the processes; the score [n] of each row, out of fold where that can be had."""
        left_out = self._left_out(X, y, context, recipe, options)
        if left_out is None:
            self.share_ = recipe.share
            return self._score(X)
        by_process, by_tree = left_out

        def blend(share: float) -> FloatArray:
            return share * by_process + (1 - share) * by_tree

        tau = tau_of_share(blend, SIGNS[self.direction] * y)
        self.share_ = better_share(tau, recipe.share, recipe.shares, gain=recipe.gain)
        score = blend(self.share_)
        self.oof_score_ = context.as_given(score)
        return score

    def _folds(self, n: int, context: FitContext) -> int:
        """Folds that n rows can be dealt out to; 0 where they are too few."""
        return min(self.folds, len(set(context.blocks))) if n >= LEAST_OUT_OF_FOLD else 0

    def _left_out(
        self, X: FloatArray, y: FloatArray, context: FitContext, recipe: Recipe, options: MemberOptions
    ) -> tuple[FloatArray, FloatArray] | None:
        """Normalised ranks [n] of the processes and of the trees, each row predicted without its block."""
        blocks, n = context.blocks, self._n_processes
        folds = self._folds(len(y), context)
        if folds < 2:
            return None
        seen, maps = X[:, self.columns_[-1]], self.maps_[n:]
        by_tree = trees_left_out(seen, y, blocks, folds, maps, recipe, options)
        by_process: FloatArray | None
        if recipe.refits:
            # those of one target say enough
            own = [i for i in range(n) if self.members_[i].target == self.members_[0].target]
            refitted = [(self.members_[i], self.columns_[i]) for i in own]
            by_process = processes_left_out(
                X, y, context, folds, [self.maps_[i] for i in own], refitted, options.seed
            )
        else:
            by_process = np.mean([self.maps_[i](self.members_[i].left_out_) for i in range(n)], axis=0)
        return None if by_tree is None or by_process is None else (by_process, by_tree)

    def _blend(self, scores: Sequence[FloatArray]) -> FloatArray:
        ranks = [mapped(score) for mapped, score in zip(self.maps_, scores, strict=True)]
        processes = sum(ranks[1 : self._n_processes], ranks[0]) / self._n_processes
        trees = ranks[self._n_processes :]
        by_tree = sum(trees[1:], trees[0]) / len(trees)
        blended: FloatArray = self.share_ * processes + (1 - self.share_) * by_tree
        return blended
