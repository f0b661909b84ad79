"""Scores that need nothing but the architecture: sizes of its network."""

import logging
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import DataShape, SearchSpace, default_dataset, require

_log = logging.getLogger(__name__)

SIZES = ("flops", "params", "dim")
"""Fields of `proxyrank.spaces.Sizes`."""


def size_scores(space: SearchSpace, archs: Sequence[str], dataset: str | DataShape) -> pd.DataFrame:
    """Sizes of the networks as built, in closed form where there is one: columns `SIZES`, index ``arch``.

    A network of a user's own that cannot be built or run has none.

    Raises
    ------
    ProxyrankError
        If the space has no sizes.
    """
    sized = require(space, "sizes", "ranking by size")
    rows: list[dict[str, int]] = []
    for arch in archs:
        try:
            rows.append(asdict(sized.sizes(arch, dataset)))
        except ProxyrankError:
            raise
        except Exception as error:  # whatever a user's network does
            _log.debug("%s has no sizes", arch, exc_info=error)
            rows.append({})
    index = pd.Index(list(archs), name="arch", dtype=object)
    return pd.DataFrame(rows, index=index, columns=list(SIZES), dtype=np.float64)


def sized_dataset(space: SearchSpace, name: str | None = None) -> str:
    """The data set whose networks are sized: that of the space, else that of a known name, else cifar10."""
    return default_dataset(space, name) or "cifar10"
