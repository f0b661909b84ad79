"""A blend of Gaussian processes and gradient-boosted trees on normalised ranks: the ranking ``all``."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import kendalltau
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.utils.validation import check_is_fitted, validate_data

from proxyrank.common.labels import SIGNS, check_direction
from proxyrank.models.base import as_seed, canonical_order, check_spread
from proxyrank.models.estimators._members import MemberOptions, columns_of, fit_processes, trees_left_out
from proxyrank.models.estimators._recipes import PAYS, SHARES, Recipe, recipe_for
from proxyrank.models.estimators.gp import GaussianProcessRanker
from proxyrank.models.estimators.lightgbm import LightGBMRanker
from proxyrank.models.parts.ranks import RankMap, fit_rank_map
from proxyrank.models.parts.targets import FloatArray

MAPS_FILE = "maps.npz"
MEMBERS: dict[str, Any] = {"gp": GaussianProcessRanker, "lightgbm": LightGBMRanker}


class EnsembleRanker(RegressorMixin, BaseEstimator):  # type: ignore[misc]
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
        Share of the recipe's trees a LightGBM that are grown.
    scale
        Scale of the labels, as in `fit_target`.
    direction
        ``max`` where a larger label is better, ``min`` where a smaller one is.
    random_state
        Seed of the trees and folds.
    threads
        Threads of the members.

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

    score_is_label = True
    fit_context = frozenset({"pool", "groups", "families"})

    def __init__(
        self,
        *,
        folds: int = 5,
        steps: int = 40,
        tree_share: float = 1.0,
        scale: str = "auto",
        direction: str = "max",
        random_state: Any = 0,
        threads: int = 1,
    ) -> None:
        self.folds = folds
        self.steps = steps
        self.tree_share = tree_share
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.threads = threads

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        pool: ArrayLike | None = None,
        groups: Sequence[Any] | None = None,
        families: Mapping[str, Sequence[int]] | None = None,
    ) -> Self:
        """Fit to features [n, d] (NaN where missing) and finite labels [n].

        Parameters
        ----------
        X, y
            Features and labels.
        pool
            Rows [m, d] without labels, by which columns are standardised and scores normalised; else X.
        groups
            Equal for rows that are the same network; each row is its own if not given.
        families
            Name of a family of columns -> their positions; all columns are one family if not given.

        Raises
        ------
        ProxyrankError
            If an option is unknown, all labels are equal, or a library is not installed.
        ValueError
            If there are fewer than 2 rows, a label is not finite or a feature is infinite.
        """
        check_direction(self.direction)
        features, labels = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        labels = np.asarray(labels, dtype=np.float64)
        check_spread(labels)
        self.seed_ = as_seed(self.random_state)
        order = canonical_order(features, labels)
        features, labels = features[order], labels[order]
        blocks = _numbered(range(len(labels)) if groups is None else [groups[i] for i in order])
        everyone = features if pool is None else np.asarray(pool, dtype=np.float64)
        recipe = recipe_for(len(labels))
        options = MemberOptions(
            self.scale, self.direction, self.seed_, self.threads, self.steps, self.tree_share
        )
        processes, columns = fit_processes(
            features, labels, everyone, blocks, families or {}, recipe, options
        )
        seen = columns_of(features.shape[1], families or {}, recipe.tree_families)
        self.columns_ = columns + [seen] * len(recipe.tree_targets)
        trees = [
            options.tree(i, target, recipe.tree_params).fit(features[:, seen], labels)
            for i, target in enumerate(recipe.tree_targets)
        ]
        self.members_: list[Any] = [*processes, *trees]
        self._n_processes = len(processes)
        self.maps_ = [fit_rank_map(score) for score in self._scores(everyone)]
        left_out = self._left_out(features, labels, blocks, recipe, options)
        if left_out is None:
            self.share_, self.oof_score_ = recipe.share, None
            score = self._blend(self._scores(features))
        else:
            self.share_ = _best_share(left_out, SIGNS[self.direction] * labels, recipe.share)
            score = self.share_ * left_out[0] + (1 - self.share_) * left_out[1]
            self.oof_score_ = np.empty(len(labels))
            self.oof_score_[order] = score
        isotonic = IsotonicRegression(increasing=self.direction == "max").fit(score, labels)
        self.label_map_ = RankMap(
            np.asarray(isotonic.X_thresholds_, dtype=np.float64),
            np.asarray(isotonic.y_thresholds_, dtype=np.float64),
        )
        self._set_importances()
        return self

    @property
    def used_columns_(self) -> set[int]:
        """Positions of the columns that any member sees; the others may be missing in `rank_score`."""
        return {int(i) for columns in self.columns_ for i in columns}

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predicted labels, shape [n], in label units."""
        return self.label_of(self.rank_score(X))

    def rank_score(self, X: ArrayLike) -> FloatArray:
        """Blended normalised rank in the pool, shape [n]; larger is better."""
        check_is_fitted(self, "members_")
        features = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return self._blend(self._scores(features))

    def contributions(self, X: ArrayLike) -> FloatArray:
        """TreeSHAP of the trees' share alone, shape [n, d + 1]: the mean over the LightGBM of one target.

        Scores of different targets have different units, so only those of the first target are averaged. The
        processes are not explained.
        """
        check_is_fitted(self, "members_")
        features = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
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

    def export(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Parameters and members for a JSON file, and their files by number."""
        check_is_fitted(self, "members_")
        members: list[dict[str, Any]] = []
        files: dict[str, bytes] = {}
        for i, member in enumerate(self.members_):
            state, own = member.export()
            kind = "gp" if isinstance(member, GaussianProcessRanker) else "lightgbm"
            members.append({"kind": kind, "state": state, "files": list(own)})
            files |= {f"member{i}-{name}": data for name, data in own.items()}
        buffer = io.BytesIO()
        knots = {f"map{i}": np.stack([m.scores, m.ranks]) for i, m in enumerate(self.maps_)}
        label = np.stack([self.label_map_.scores, self.label_map_.ranks])
        columns = {f"columns{i}": where for i, where in enumerate(self.columns_)}
        arrays: dict[str, Any] = {"label": label, **columns, **knots}
        np.savez(buffer, **arrays)
        state = {
            "params": {**self.get_params(), "random_state": self.seed_},
            "n_features": self.n_features_in_,
            "share": self.share_,
            "processes": self._n_processes,
            "members": members,
        }
        return state, {**files, MAPS_FILE: buffer.getvalue()}

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Make the fitted model that `export` described."""
        model = cls(**state["params"])
        model.seed_ = int(state["params"]["random_state"])
        model.n_features_in_ = int(state["n_features"])
        model.share_ = float(state["share"])
        model._n_processes = int(state["processes"])
        model.members_ = [
            MEMBERS[member["kind"]].restore(
                member["state"], {name: files[f"member{i}-{name}"] for name in member["files"]}
            )
            for i, member in enumerate(state["members"])
        ]
        with np.load(io.BytesIO(files[MAPS_FILE]), allow_pickle=False) as arrays:
            model.columns_ = [arrays[f"columns{i}"] for i in range(len(model.members_))]
            model.label_map_ = RankMap(*arrays["label"])
            model.maps_ = [RankMap(*arrays[f"map{i}"]) for i in range(len(model.members_))]
        model.oof_score_ = None
        model._set_importances()
        return model

    def _scores(self, X: FloatArray) -> list[FloatArray]:
        """Score [n] of every member."""
        return [
            member.rank_score(X[:, columns])
            for member, columns in zip(self.members_, self.columns_, strict=True)
        ]

    def _left_out(
        self, X: FloatArray, y: FloatArray, blocks: list[int], recipe: Recipe, options: MemberOptions
    ) -> tuple[FloatArray, FloatArray] | None:
        """Normalised ranks [n] of the processes and of the trees, each row predicted without its block."""
        folds = min(self.folds, len(set(blocks)))
        if len(y) < 8 or folds < 2:
            return None
        processes = self.members_[: self._n_processes]
        by_process = np.mean([self.maps_[i](one.left_out_) for i, one in enumerate(processes)], axis=0)
        seen, maps = X[:, self.columns_[-1]], self.maps_[self._n_processes :]
        by_tree = trees_left_out(seen, y, blocks, folds, maps, recipe, options)
        return None if by_tree is None else (by_process, by_tree)

    def _blend(self, scores: Sequence[FloatArray]) -> FloatArray:
        ranks = [mapped(score) for mapped, score in zip(self.maps_, scores, strict=True)]
        processes = sum(ranks[1 : self._n_processes], ranks[0]) / self._n_processes
        trees = ranks[self._n_processes :]
        by_tree = sum(trees[1:], trees[0]) / len(trees)
        blended: FloatArray = self.share_ * processes + (1 - self.share_) * by_tree
        return blended

    def _set_importances(self) -> None:
        total = np.zeros(self.n_features_in_)
        trees = len(self.members_) - self._n_processes
        for i, (member, columns) in enumerate(zip(self.members_, self.columns_, strict=True)):
            process = i < self._n_processes
            weight = self.share_ / self._n_processes if process else (1 - self.share_) / trees
            total[columns] += weight * member.feature_importances_
        self.feature_importances_ = total / (total.sum() or 1.0)


def _numbered(labels: Any) -> list[int]:
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def _best_share(left_out: tuple[FloatArray, FloatArray], y: FloatArray, default: float) -> float:
    """Weight of the processes with the best out-of-fold KT, the recipe's unless another one pays."""

    def tau(share: float) -> float:
        return float(np.nan_to_num(kendalltau(share * left_out[0] + (1 - share) * left_out[1], y)[0]))

    best = max(SHARES, key=tau)
    return best if tau(best) > tau(default) + PAYS else default
