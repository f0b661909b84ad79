"""What a model is given beside its rows: the pool, classes of equal networks, families of columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from proxyrank.features import FeatureTable, GroupInfo
from proxyrank.models.base import TabularRanker
from proxyrank.models.inputs.matching import as_matrix
from proxyrank.spaces import SearchSpace, equality_key


def fit_context(
    space: SearchSpace, train: Sequence[str], features: FeatureTable, names: Sequence[str]
) -> dict[str, Any]:
    """What models may ask for in `fit`: ``pool``, ``groups`` and ``families``.

    Parameters
    ----------
    space, train
        Training architectures.
    features
        Table of the training rows and of the pool.
    names
        Columns of the model, in its order.
    """
    at = {name: i for i, name in enumerate(names)}
    return {
        "pool": as_matrix(features.frame[list(names)].sort_index()),  # no sum depends on the table's order
        "groups": [equality_key(space, arch) for arch in train],
        "families": {
            group: [at[column] for column in info.columns if column in at]
            for group, info in features.sidecar.groups.items()
        },
    }


def unused_groups(
    estimator: TabularRanker, names: Sequence[str], groups: Mapping[str, GroupInfo]
) -> list[str]:
    """Groups none of whose columns the fitted model looks at; none for models that do not say."""
    used = estimator.used_columns_
    if used is None:
        return []
    seen = {names[i] for i in used}
    return [name for name, info in groups.items() if not seen & set(info.columns)]
