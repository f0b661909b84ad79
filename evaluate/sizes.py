"""Scores that need nothing but the architecture: sizes of its network."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from proxyrank.spaces import DataShape, SearchSpace, default_dataset, require

SIZES = ("flops", "params", "dim")
"""Fields of `proxyrank.spaces.Sizes`."""


def size_scores(space: SearchSpace, archs: Sequence[str], dataset: str | DataShape) -> pd.DataFrame:
    """Sizes of the networks as built, in closed form: columns `SIZES`, index ``arch``.

    Raises
    ------
    ProxyrankError
        If the space has no sizes.
    """
    sized = require(space, "sizes", "ranking by size")
    sizes = [asdict(sized.sizes(arch, dataset)) for arch in archs]
    index = pd.Index(list(archs), name="arch", dtype=object)
    return pd.DataFrame(sizes, index=index, columns=list(SIZES), dtype=np.float64)


def sized_dataset(space: SearchSpace, name: str | None = None) -> str:
    """The data set whose networks are sized: that of the space, else that of a known name, else cifar10."""
    return default_dataset(space, name) or "cifar10"
