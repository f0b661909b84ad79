"""Products: pairs of options multiplied, in spaces that have options."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from proxyrank.features.config import NAME as CONFIG_NAME
from proxyrank.features.config import config_columns, config_frame, config_terms
from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.rows import Reasons, Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import SearchSpace

NAME = "products"

MOST = 500
"""Products of a space; one with more of them has none."""


def product_columns(space: SearchSpace) -> list[str]:
    """One for each two columns of `config` that belong to different options, as ``product_depth*width``.

    None where that would be more than `MOST`.

    Raises
    ------
    ProxyrankError
        If the space has no options.
    """
    return [f"{NAME[:-1]}_{_bare(a)}*{_bare(b)}" for a, b in _pairs(space)]


def product_frame(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> Rows:
    """Products of the values of `config`, a gap where one of them is; the settings change nothing.

    Raises
    ------
    ProxyrankError
        If the space has no options.
    """
    single = config_frame(space, archs, settings)
    place = {name: i for i, name in enumerate(config_columns(space))}
    pairs, names = _pairs(space), product_columns(space)
    values = single.values.to_numpy()
    first, second = (values[:, [place[pair[i]] for pair in pairs]] for i in (0, 1))
    reasons: Reasons = {}
    for name, pair in zip(names, pairs, strict=True):
        for column in reversed(pair):
            if column in single.reasons:
                reasons.setdefault(name, {}).update(single.reasons[column])
    return Rows(frame_of(archs, names, np.multiply(first, second).tolist()), reasons)


def _pairs(space: SearchSpace) -> list[tuple[str, str]]:
    """Columns of `config` two by two, unless they are of one option."""
    terms = config_terms(space)
    found = [(a, b) for (a, one, _), (b, other, _) in combinations(terms, 2) if one != other]
    return found if len(found) <= MOST else []


def _bare(column: str) -> str:
    return column.removeprefix(f"{CONFIG_NAME}_")


PRODUCTS = FeatureGroup(
    name=NAME,
    summary="products: values of two options multiplied, taken by auto where they pay out of fold",
    version=1,
    needs_network=False,
    columns=product_columns,
    compute=product_frame,
    needs=("options", "config"),
)
