"""Architecture strings in, ranks out: features and an estimator behind one scikit-learn estimator."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import RegressorMixin

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import check_direction
from proxyrank.features import FeatureSettings, FeatureTable, parse_groups
from proxyrank.models._alignment import aligned_labels, arch_list
from proxyrank.models._architecture_input import ArchitectureInput, UnfittedRankerError
from proxyrank.models._ranking import model_matrix, ranked_frame, ranking_tau, seen_by
from proxyrank.models._training import constructor_of, fit_estimator, make_card, training_rows
from proxyrank.models.base import TabularRanker
from proxyrank.models.card import LabelCard, RankerCard, SplitCard
from proxyrank.models.catalogue import default_model, make_model, usual_groups
from proxyrank.models.folder import read_folder, write_folder
from proxyrank.models.inputs.matching import parse_own
from proxyrank.models.inputs.pool import usual_average
from proxyrank.models.inputs.table_checks import check_labels
from proxyrank.models.inputs.training import TrainingTable, training_table
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, get_space, source_of, stated_space


class ProxyRanker(RegressorMixin, ArchitectureInput):  # type: ignore[misc]
    """Rank architectures of one search space.

    A scikit-learn estimator whose rows are architectures: `clone`, `cross_val_score` and `GridSearchCV` take
    it, and everything is checked in `fit`, before any feature is computed.

    Parameters
    ----------
    groups
        Feature groups to compute, as `proxyrank.features.parse_groups` takes them; not looked at where `fit`
        is given a feature table, whose groups count then. None is `usual_groups` of the space.
    model
        One of `known_models`; None is `default_model` of the groups.
    space
        The search space, or what `get_space` finds it by.
    params
        Parameters of the estimator, over its defaults.
    settings
        Settings of the feature groups. Batch size and seed are those of the shipped feature tables, where one
        fits, unless given.
    random_state
        Seed of the estimator.
    n_jobs
        Threads of the estimator; -1 takes all cores.
    average
        Groups whose columns are means over equal networks, where they can be: graph features, and network
        features that the package ships of the whole population. None follows the model (``averages_equal``).
    intervals
        Whether to make 90 % prediction intervals (see `proxyrank.models.intervals`): for models without
        out-of-fold scores of their own this costs ten more fits. They need at least 20 labels.

    Attributes
    ----------
    card : RankerCard
        What was fitted on what.
    estimator : TabularRanker
        The fitted estimator; its columns are ``card.feature_names``, sorted by name.
    train_archs : tuple of str
        The training architectures, sorted.

    Examples
    --------
    >>> from proxyrank import ProxyRanker, digits_table, get_space, load_labels
    >>> labels = load_labels(digits_table(), space=get_space("nb201"), label="digits").values
    >>> archs = list(labels.index[::20])
    >>> train, others = archs[::2], archs[1::2]
    >>> ranker = ProxyRanker("paths", params={"n_estimators": 50}).fit(train, labels[train])
    >>> ranker
    ProxyRanker(groups='paths', model='lightgbm'), fitted on 75 architectures of nb201
    >>> ranker.rank(others).columns.tolist()
    ['rank', 'arch', 'score', 'predicted']
    >>> ranker.score(others, labels[others]) > 0.4  # Kendall's tau
    True

    >>> from sklearn.model_selection import GridSearchCV
    >>> search = GridSearchCV(ranker, {"groups": ["paths", "graf"]}, cv=2).fit(train, labels[train])
    >>> search.best_params_["groups"] in ("paths", "graf")
    True
    """

    card: RankerCard
    estimator: TabularRanker
    train_archs: tuple[str, ...]
    _space: SearchSpace

    def __init__(
        self,
        groups: str | Sequence[str] | None = None,
        model: str | None = None,
        space: str | SearchSpace = "nb201",
        *,
        params: Mapping[str, Any] | None = None,
        settings: FeatureSettings | Mapping[str, Any] | None = None,
        random_state: int = 0,
        n_jobs: int | None = 1,
        average: Sequence[str] | None = None,
        intervals: bool = False,
    ) -> None:
        self.groups = groups
        self.model = model
        self.space = space
        self.params = params
        self.settings = settings
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.average = average
        self.intervals = intervals

    def __sklearn_is_fitted__(self) -> bool:
        return "estimator" in vars(self)

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:
        if not self.__sklearn_is_fitted__():
            return str(super().__repr__(N_CHAR_MAX))
        names, card = "+".join(self.card.groups), self.card
        trained = f"fitted on {card.n_train} architectures of {card.space}"
        return f"{type(self).__name__}(groups={names!r}, model={card.model!r}), {trained}"

    def fit(
        self,
        archs: Iterable[Any],
        labels: Sequence[float] | FloatArray | pd.Series,
        *,
        direction: str = "max",
        features: FeatureTable | None = None,
        columns: Collection[str] | None = None,
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
            One number per architecture; rows where it is not finite are left out and counted. A Series is
            aligned by its index, where that holds the architectures.
        direction
            ``max`` where a larger label is better, ``min`` where a smaller one is.
        features
            A table with all of them; its columns are used instead of computed groups.
        columns
            Only these of the computed columns; None takes all.
        label, label_path, split
            What to write down about the label's name and file and about the choice of the rows.

        Raises
        ------
        ProxyrankError
            If an architecture, the labels, the features or an option will not do; the message says what was
            given and what was expected.
        """
        check_direction(direction)
        space = get_space(self.space)
        settings = FeatureSettings.of(self.settings)
        groups = self._wanted(space) if features is None else ()
        model = self.model or default_model(self.groups or groups, space)
        options = {"random_state": self.random_state, "n_jobs": self.n_jobs, **(self.params or {})}
        estimator = make_model(model, {**options, "direction": direction})
        own = parse_own(space, arch_list(archs))
        rows = training_rows(own, aligned_labels(space, archs, own, labels))
        table = TrainingTable(features) if features is not None else training_table(
            space, rows.archs, groups, settings,
            population=split.population if split else None,
            wide="pool" in estimator.fit_context,
            average=usual_average(estimator.averages_equal, groups) if self.average is None else self.average,
            columns=columns,
        )  # fmt: skip
        fitted = fit_estimator(estimator, space, rows, table.features, intervals=self.intervals)
        self._space, self.estimator, self.train_archs = space, estimator, tuple(rows.archs)
        self.card = make_card(
            estimator,
            rows,
            fitted,
            space=space,
            model=model,
            label=LabelCard.model_validate({"name": label, "direction": direction, "path": label_path}),
            split=split,
            table=table,
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
        own = self._parsed(archs)
        if not own:
            return np.zeros(0)
        unique = list(dict.fromkeys(own))
        predicted = estimator.predict(self._matrix(unique, features))
        at = {arch: i for i, arch in enumerate(unique)}
        return predicted[[at[arch] for arch in own]]

    def score(
        self,
        archs: Iterable[Any],
        labels: Sequence[float] | FloatArray | pd.Series,
        *,
        features: FeatureTable | None = None,
    ) -> float:
        """Kendall's tau (b) of the ranking with labels, 0 where undefined: what model selection maximises.

        Parameters
        ----------
        archs, labels
            As in `fit`; the direction is the fit's, so that larger is better either way.
        features
            As in `predict`.
        """
        estimator = self._fitted()
        own = self._parsed(archs)
        values = check_labels(own, aligned_labels(self._space, archs, own, labels))
        return ranking_tau(estimator, self._matrix(own, features), values)

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
            with intervals also ``low`` and ``high``, their ends in label units; ``imputed`` where a median
            stands in for a value that only new rows lack. Architectures of equal score go by their text.

        Raises
        ------
        ProxyrankError
            As `predict`, and if no architecture is given.
        """
        estimator = self._fitted()
        unique = list(dict.fromkeys(self._parsed(archs)))
        if not unique:
            raise ProxyrankError("no architecture to rank")
        rows, imputed = model_matrix(self._space, unique, features, self.card)
        seen = seen_by(self._space, self.card, self.train_archs, unique)
        return ranked_frame(estimator, self.card, unique, estimator.rank_score(rows), imputed, seen)

    def matrix(self, archs: Iterable[Any], *, features: FeatureTable | None = None) -> pd.DataFrame:
        """What the model sees of architectures: columns ``card.feature_names``, index ``arch``.

        Raises as `predict` does.
        """
        own = list(dict.fromkeys(self._parsed(archs)))
        index = pd.Index(own, name="arch", dtype="str")
        return pd.DataFrame(self._matrix(own, features), index=index, columns=self.card.feature_names)

    def importances(self) -> pd.Series:
        """Share of each feature in what the trees explain, by its own name, largest first."""
        series = pd.Series(
            self._fitted().feature_importances_, index=self.card.feature_names, name="importance", dtype=float
        )
        return series.sort_values(ascending=False, kind="stable")

    def save(self, folder: str | Path, *, commands: Sequence[str] = ()) -> None:
        """Write the folder, whole or not at all, with the command lines that made it. Same fit, same bytes.

        Raises
        ------
        ProxyrankError
            If the parent folder does not exist, or something else than a ranker is there.
        """
        estimator = self._fitted()
        made = {"commands": list(commands)} if commands else {}
        write_folder(folder, self.card.model_copy(update=made), self.train_archs, estimator)

    @classmethod
    def load(
        cls, folder: str | Path, *, n_jobs: int | None = None, space: str | SearchSpace | None = None
    ) -> Self:
        """Read a ranker folder; nothing in it is unpickled.

        Parameters
        ----------
        folder
            Written by `save`.
        n_jobs
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
        found = stated_space(card.space, space, str(folder), card.hyperparameters, card.code)
        if n_jobs is not None:
            estimator.n_jobs = n_jobs
        return cls._of(card, estimator, archs, found)

    @classmethod
    def _of(
        cls, card: RankerCard, estimator: TabularRanker, archs: Sequence[str], space: SearchSpace
    ) -> Self:
        """The ranker that a card, a fitted estimator, its training architectures and space make."""
        ranker = cls(space=source_of(space), n_jobs=estimator.n_jobs, **constructor_of(card))
        ranker.card, ranker.estimator, ranker.train_archs = card, estimator, tuple(archs)
        ranker._space = space
        return ranker

    @property
    def search_space(self) -> SearchSpace:
        """The search space itself."""
        return self._space if self.__sklearn_is_fitted__() else get_space(self.space)

    def _wanted(self, space: SearchSpace) -> tuple[str, ...]:
        """Names of the groups to compute."""
        return parse_groups(usual_groups(space, self.model) if self.groups is None else self.groups)

    def _fitted(self) -> TabularRanker:
        if not self.__sklearn_is_fitted__():
            raise UnfittedRankerError("this ranker is not fitted yet: call fit first")
        return self.estimator

    def _parsed(self, archs: Iterable[Any]) -> list[str]:
        return parse_own(self._space, arch_list(archs))

    def _matrix(self, archs: list[str], features: FeatureTable | None) -> FloatArray:
        return model_matrix(self._space, archs, features, self.card)[0]
