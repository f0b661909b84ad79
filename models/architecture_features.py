"""Architecture strings in, feature columns out: a transformer for pipelines of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from proxyrank.features import GROUPS, FeatureSettings, compute_features, parse_groups
from proxyrank.models._alignment import arch_list
from proxyrank.models._architecture_input import ArchitectureInput
from proxyrank.models.inputs.matching import as_matrix
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, get_space, parse_all


class ArchitectureFeatures(TransformerMixin, ArchitectureInput):  # type: ignore[misc]
    """Columns of feature groups, for a scikit-learn `Pipeline` or `ColumnTransformer`.

    Nothing is learnt from the rows; a row depends on its architecture and on the settings only. A value that
    an architecture has not is NaN.

    Parameters
    ----------
    groups
        Feature groups, as `proxyrank.features.parse_groups` takes them.
    space
        The search space, or what `get_space` finds it by.
    settings
        Settings of the feature groups; batch size and seed are those of the shipped feature tables, where one
        fits, unless given.

    Attributes
    ----------
    feature_names_ : list of str
        Names of the columns.
    settings_ : FeatureSettings
        The settings in use.

    Examples
    --------
    >>> from proxyrank import ArchitectureFeatures, get_space
    >>> archs = get_space("nb201").sample(3, seed=0)
    >>> features = ArchitectureFeatures("paths").set_output(transform="pandas")
    >>> features.fit_transform(archs).shape
    (3, 83)
    """

    def __init__(
        self,
        groups: str | Sequence[str] = ("paths", "cell", "flow"),
        space: str | SearchSpace = "nb201",
        *,
        settings: FeatureSettings | Mapping[str, Any] | None = None,
    ) -> None:
        self.groups = groups
        self.space = space
        self.settings = settings

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the options and the architectures; nothing is computed.

        Parameters
        ----------
        X
            Architectures: a list, a Series, or a table of one column.
        y
            Not used.

        Raises
        ------
        ProxyrankError
            If a group, the space, a setting or an architecture is unknown.
        """
        space = get_space(self.space)
        names = parse_groups(self.groups)
        self.settings_ = FeatureSettings.of(self.settings)
        self._parsed(X)
        self.feature_names_ = [column for name in names for column in GROUPS[name].columns(space)]
        return self

    def transform(self, X: Any) -> FloatArray:
        """Columns [n, d] of architectures, NaN where there is no value.

        Raises
        ------
        ProxyrankError
            If an architecture is not one of the space.
        """
        check_is_fitted(self)
        own = self._parsed(X)
        unique = list(dict.fromkeys(own))
        if not unique:
            return np.zeros((0, len(self.feature_names_)))
        space = get_space(self.space)
        frame = self._columns(space, unique)
        return as_matrix(frame.loc[own, self.feature_names_])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Names of the columns; the argument is not used."""
        check_is_fitted(self)
        return np.array(self.feature_names_, dtype=object)

    def _columns(self, space: SearchSpace, archs: list[str]) -> pd.DataFrame:
        groups = parse_groups(self.groups)
        table = compute_features(space, archs, groups, settings=self.settings_, prefer_shipped=True)
        return table.frame

    def _parsed(self, X: Any) -> list[str]:
        texts = arch_list(X)
        return parse_all(get_space(self.space), texts, lambda i: f"architecture {i + 1} of {len(texts)}")
