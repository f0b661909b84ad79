"""Architecture strings in, ranks out: features and an estimator behind one small class."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from proxyrank.common.digests import archs_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import check_direction
from proxyrank.common.tabular import json_safe
from proxyrank.features import FeatureTable, parse_groups
from proxyrank.models.base import Ranker
from proxyrank.models.card import LabelCard, RankerCard, SplitCard
from proxyrank.models.catalogue import default_model, make_model, model_class
from proxyrank.models.folder import read_folder, write_folder
from proxyrank.models.inputs.context import fit_context, training_table, unused_groups
from proxyrank.models.inputs.matching import as_matrix, check_labels, check_table, matched_frame, parse_own
from proxyrank.models.inputs.pool import averageable
from proxyrank.models.intervals import conformal_intervals
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, get_space, source_of, stated_hyperparameters, stated_space

_log = logging.getLogger(__name__)


class ProxyRanker:
    """Rank architectures of one search space.

    Parameters
    ----------
    groups
        Feature groups to compute, as `proxyrank.features.parse_groups` takes them; not looked at where `fit`
        is given a feature table, whose groups count then.
    model
        Key of `MODELS`; None is `default_model` of the groups.
    space
        The search space, or what `get_space` finds it by.
    params
        Parameters of the estimator, over its defaults.
    settings
        Settings of the feature groups. Batch size and seed are those of the shipped feature tables, where one
        fits, unless given.
    random_state
        Seed of the estimator.
    threads
        Threads of the estimator.
    intervals
        Whether to make 90 % prediction intervals (see `conformal`): for models without out-of-fold scores of
        their own this costs ten more fits. They need at least 20 labels.

    Attributes
    ----------
    card : RankerCard
        What was fitted on what.
    estimator : Ranker
        The fitted estimator; its columns are ``card.feature_names``, sorted by name.
    train_archs : tuple of str
        The training architectures, sorted.
    """

    card: RankerCard
    estimator: Ranker
    train_archs: tuple[str, ...]

    def __init__(
        self,
        groups: str | Sequence[str] = ("paths", "cell", "flow"),
        model: str | None = None,
        space: str | SearchSpace = "nb201",
        *,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        random_state: int = 0,
        threads: int = 1,
        intervals: bool = False,
    ) -> None:
        model = model or default_model(groups)
        model_class(model)
        self.groups = groups
        self.model = model
        self.space = space
        self.params = dict(params or {})
        self.settings = settings
        self.random_state = random_state
        self.threads = threads
        self.intervals = intervals
        self._space: SearchSpace = get_space(space)

    def fit(
        self,
        archs: Iterable[Any],
        labels: Sequence[float] | FloatArray | pd.Series,
        *,
        direction: str = "max",
        features: FeatureTable | None = None,
        label: str = "label",
        label_path: str | None = None,
        split: SplitCard | None = None,
    ) -> Self:
        """Learn from trained architectures; the order of the rows and of a table's columns does not matter.

        Parameters
        ----------
        archs
            Architectures in any accepted spelling, each once.
        labels
            One number an architecture; rows where it is not finite are left out and counted.
        direction
            ``max`` where a larger label is better, ``min`` where a smaller one is.
        features
            A table with all of them; its columns are used instead of computed groups.
        label, label_path, split
            What to write down about the label's name and file and about the choice of the rows.

        Raises
        ------
        ProxyrankError
            If an architecture, the labels, the features or an option will not do; the message says what was
            given and what was expected.
        """
        check_direction(direction)
        own = parse_own(self._space, archs)
        values = check_labels(own, labels)
        rows = sorted((arch, y) for arch, y in zip(own, values, strict=True) if np.isfinite(y))
        notes = []
        if dropped := len(own) - len(rows):
            notes.append(f"{dropped} of {len(own)} rows had no finite label and were left out")
        if len(rows) < 2:
            raise ProxyrankError(
                f"training needs at least 2 architectures with a finite label, got {len(rows)}"
            )
        train = [arch for arch, _ in rows]
        y = np.array([value for _, value in rows])
        if features is None:
            wide = "pool" in getattr(model_class(self.model), "fit_context", ())
            population = split.population if split else None
            groups = parse_groups(self.groups)
            features, pool = training_table(
                self._space, train, groups, self.settings, population=population, wide=wide
            )
        else:
            pool = None
        check_table(self._space, train, features)
        names = sorted(features.columns)
        X = as_matrix(features.frame.loc[train, names])
        options = {"random_state": self.random_state, "threads": self.threads, **self.params}
        estimator = make_model(self.model, {**options, "direction": direction})
        context = fit_context(self._space, train, features, names)
        wanted = getattr(estimator, "fit_context", ())
        asked = {name: context[name] for name in wanted}
        estimator.fit(X, y, **asked)
        constant = bool(np.ptp(estimator.rank_score(X)) == 0)
        if constant:
            notes.append("the ranker is constant: it gives every architecture one score")
        notes += features.sidecar.forced
        intervals = None
        if self.intervals:
            intervals, why = conformal_intervals(
                estimator, X, y, groups=context["groups"], context=asked, direction=direction
            )
            notes += [why] if why else []
        for note in notes:
            _log.info("%s", note)
        self.estimator = estimator
        self.train_archs = tuple(train)
        params = json_safe(estimator.export()[0]["params"])
        self.card = RankerCard(
            space=self._space.name,
            hyperparameters=stated_hyperparameters(self._space),
            label=LabelCard.model_validate({"name": label, "direction": direction, "path": label_path}),
            split=split,
            groups=features.sidecar.groups,
            pool=pool,
            averaged=averageable(list(features.sidecar.groups)) if pool else [],
            unused=unused_groups(estimator, names, features.sidecar.groups),
            feature_names=names,
            model=self.model,
            params=params,
            target=params.get("target") if estimator.score_is_label else None,
            score_is_label=estimator.score_is_label,
            n_train=len(train),
            n_dropped=dropped,
            train_archs_sha256=archs_digest(train),
            constant=constant,
            intervals=intervals,
            notes=notes,
        )
        return self

    def predict(self, archs: Iterable[Any], *, features: FeatureTable | None = None) -> FloatArray:
        """Predicted labels [n] in label units or, where ``card.score_is_label`` is false, unitless scores.

        Parameters
        ----------
        archs
            Architectures in any accepted spelling; repeats are answered as often as they occur.
        features
            A table that has them, matched by column name; None computes the features.

        Raises
        ------
        ProxyrankError
            If an architecture is of another space, or a column or architecture is absent from the table.
        """
        estimator = self._fitted()
        own = parse_own(self._space, archs)
        if not own:
            return np.zeros(0)
        unique = list(dict.fromkeys(own))
        predicted = estimator.predict(self._matrix(unique, features))
        at = {arch: i for i, arch in enumerate(unique)}
        return predicted[[at[arch] for arch in own]]

    def rank(self, archs: Iterable[Any], *, features: FeatureTable | None = None) -> pd.DataFrame:
        """Architectures from best to worst, each once.

        Parameters
        ----------
        archs, features
            As in `predict`.

        Returns
        -------
        DataFrame
            ``rank`` (1 is best, 1..n without gaps), ``arch``, ``score`` (larger is better, unitless: the
            transformed label of the model) and ``predicted`` (in label units, NaN where the model has none);
            with intervals also ``low`` and ``high``, their ends in label units.
            Architectures of equal score are ordered by their text.

        Raises
        ------
        ProxyrankError
            As `predict`, and if no architecture is given.
        """
        estimator = self._fitted()
        unique = list(dict.fromkeys(parse_own(self._space, archs)))
        if not unique:
            raise ProxyrankError("no architecture to rank")
        score = estimator.rank_score(self._matrix(unique, features))
        predicted = estimator.label_of(score) if estimator.score_is_label else np.nan
        frame = pd.DataFrame({"arch": unique, "score": score, "predicted": predicted})
        if self.card.intervals is not None:
            frame["low"], frame["high"] = self.card.intervals.bounds(frame["predicted"].to_numpy())
        frame = frame.sort_values(["score", "arch"], ascending=[False, True], ignore_index=True)
        frame.insert(0, "rank", np.arange(1, len(frame) + 1))
        return frame

    def matrix(self, archs: Iterable[Any], *, features: FeatureTable | None = None) -> pd.DataFrame:
        """What the model sees of architectures: columns ``card.feature_names``, index ``arch``.

        Raises
        ------
        ProxyrankError
            As `predict`.
        """
        own = list(dict.fromkeys(parse_own(self._space, archs)))
        index = pd.Index(own, name="arch", dtype="str")
        return pd.DataFrame(self._matrix(own, features), index=index, columns=self.card.feature_names)

    def importances(self) -> pd.Series:
        """Share of each feature in what the trees explain, by its own name, largest first."""
        series = pd.Series(
            self._fitted().feature_importances_, index=self.card.feature_names, name="importance", dtype=float
        )
        return series.sort_values(ascending=False, kind="stable")

    def save(self, folder: str | Path) -> None:
        """Write the ranker folder; it appears whole or not at all. The same fit gives the same bytes.

        Raises
        ------
        ProxyrankError
            If the parent folder does not exist, or something else than a ranker is there.
        """
        estimator = self._fitted()
        write_folder(folder, self.card, self.train_archs, estimator)

    @classmethod
    def load(
        cls, folder: str | Path, *, threads: int | None = None, space: str | SearchSpace | None = None
    ) -> "ProxyRanker":
        """Read a ranker folder; nothing in it is unpickled.

        Parameters
        ----------
        folder
            Written by `save`.
        threads
            Threads of the estimator; None keeps the number it was fitted with.
        space
            The ranker's search space, where it is not an installed one.

        Raises
        ------
        ProxyrankError
            If a file is missing, damaged, or of another format, or the space is not at hand or another
            one; one line that names the file.
        """
        card, archs, estimator = read_folder(folder)
        if threads is not None:
            estimator.threads = threads
        ranker = cls(
            tuple(card.groups),
            card.model,
            source_of(stated_space(card.space, space, str(folder), card.hyperparameters)),
            params={
                name: card.params[name]
                for name in card.params
                if name not in ("random_state", "threads", "direction")
            },
            settings={name: value for info in card.groups.values() for name, value in info.settings.items()},
            random_state=card.params["random_state"],
            threads=estimator.threads,
            intervals=card.intervals is not None,
        )
        ranker.card, ranker.estimator, ranker.train_archs = card, estimator, archs
        return ranker

    @property
    def search_space(self) -> SearchSpace:
        """The search space itself."""
        return self._space

    def _fitted(self) -> Ranker:
        if not hasattr(self, "estimator"):
            raise ProxyrankError("this ranker is not fitted yet: call fit first")
        return self.estimator

    def _matrix(self, archs: list[str], features: FeatureTable | None) -> FloatArray:
        frame, extra = matched_frame(self._space, archs, features, self.card)
        if extra:
            _log.warning(
                "%d columns that the ranker does not know are ignored: %s", len(extra), ", ".join(extra[:10])
            )
        return as_matrix(frame)
