"""Sizes: closed-form FLOPs, parameters and parameter tensors of the network, without dead operations."""

import math
from collections.abc import Sequence

import pandas as pd

from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import SearchSpace, require

COLUMNS = ("size_log_flops", "size_log_params", "size_dim")


def _compute(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> pd.DataFrame:
    sized = require(space, "sizes", "the feature group sizes")
    rows = []
    for arch in archs:
        sizes = sized.sizes(arch, settings.dataset, effective=True)
        rows.append([math.log(sizes.flops), math.log(sizes.params), float(sizes.dim)])
    return frame_of(archs, COLUMNS, rows)


SIZES = FeatureGroup(
    name="sizes",
    summary="sizes: logarithms of FLOPs and parameters, and parameter tensors, without dead operations",
    version=1,
    needs_network=False,
    columns=lambda space: list(COLUMNS),
    compute=_compute,
    equal_by="canonical",
    settings=("dataset",),
    needs=("sizes",),
)
