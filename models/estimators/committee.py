"""Several rankers that answer together: what a study takes where no single trial is best."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.estimators._nested import pack_inner, unpack_inner
from proxyrank.models.estimators.columns import kept_columns, order_columns
from proxyrank.models.parts.checks import as_shares
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.targets import FloatArray, fit_target
from proxyrank.models.registered import model_class


class CommitteeRanker(TabularRanker):
    """The weighted mean of several rankers' predicted labels, on the logit scale of the label.

    Parameters
    ----------
    members
        A mapping for each: ``model`` (key of `MODELS`), ``params`` over its defaults, ``families`` of columns
        that it sees (none: all), ``columns``, the share of them that is kept (`order_columns`), and
        ``weight``. All but ``model`` may be left out.
    scale, direction
        Of the labels, as in `fit_target`.
    random_state, n_jobs
        Of the members.

    Attributes
    ----------
    members_ : list of TabularRanker
        The fitted members.
    columns_ : list of ndarray
        Positions of the columns that each sees.
    """

    fit_context = frozenset({"families"})
    interval_folds = 5
    arrays_file = "committee.npz"

    def __init__(
        self,
        members: Sequence[Mapping[str, Any]] = ({"model": "lightgbm"},),
        *,
        scale: str = "auto",
        direction: str = "max",
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.members = members
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def check_params(self) -> None:
        """Refuse wrong parameters, those of a member too."""
        super().check_params()
        if not self.members:
            raise ProxyrankError("a committee needs at least one member, got none")
        for member in self.members:
            made = self._make(member, 0)
            made.check_params()
            if not made.score_is_label:
                raise ProxyrankError(f"a member of a committee predicts labels, {made} does not")

    @property
    def used_columns_(self) -> set[int]:
        """Positions of the columns that any member sees."""
        return {int(i) for columns in self.columns_ for i in columns}

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        self.target_ = fit_target("logit", y, direction=self.direction, scale=self.scale)
        self.members_: list[TabularRanker] = []
        self.columns_ = []
        for member in self.members:
            names = member.get("families") or context.families
            seen = np.array(sorted({int(i) for name in names for i in context.families.get(name, ())}), int)
            seen = seen if len(seen) else np.arange(X.shape[1])
            if member.get("columns", 1.0) < 1.0:
                order = order_columns(X[:, seen], y, direction=self.direction, seed=self.seed_)
                seen = seen[kept_columns(order, member["columns"])]
            self.members_.append(self._make(member, self.seed_).fit(X[:, seen], y))
            self.columns_.append(seen)

    def _score(self, X: FloatArray) -> FloatArray:
        assert self.target_ is not None
        score = np.zeros(len(X))
        for member, columns, weight in zip(self.members_, self.columns_, self._weights(), strict=True):
            score += weight * self.target_.unfenced(member.predict(X[:, columns]))
        return score

    def _importances(self) -> FloatArray:
        total = np.zeros(self.n_features_in_)
        for member, columns, weight in zip(self.members_, self.columns_, self._weights(), strict=True):
            total[columns] += weight * np.asarray(member.feature_importances_)
        return as_shares(total)

    def _state(self) -> Stored:
        entries: list[dict[str, Any]] = []
        files: dict[str, bytes] = {}
        for i, member in enumerate(self.members_):
            entry, own = pack_inner(member, f"member{i}-")
            entries.append(entry)
            files |= own
        columns = {f"columns{i}": seen for i, seen in enumerate(self.columns_)}
        return Stored({"fitted": entries}, columns, files)

    def _restore(self, stored: Stored) -> None:
        self.members_ = [
            unpack_inner(model_class(member["model"]), entry, stored.files, f"member{i}-")
            for i, (member, entry) in enumerate(zip(self.members, stored.values["fitted"], strict=True))
        ]
        self.columns_ = [stored.arrays[f"columns{i}"] for i in range(len(self.members_))]

    def _make(self, member: Mapping[str, Any], seed: int) -> TabularRanker:
        own = {"direction": self.direction, "random_state": seed, "n_jobs": self.n_jobs}
        return model_class(member["model"])(**{**member.get("params", {}), **own})

    def _weights(self) -> FloatArray:
        weights = np.array([float(member.get("weight", 1.0)) for member in self.members])
        shares: FloatArray = weights / weights.sum()
        return shares
