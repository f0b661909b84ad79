"""The ensemble that settles target, blend and families by out-of-fold rankings: no setting per space."""

from typing import ClassVar

from proxyrank.models.estimators._recipes import FEW_LABELS, Recipe
from proxyrank.models.estimators.ensemble import EnsembleRanker

_FAMILIES = ("graf", "paths", "cell", "flow", "nodes", "blocks", "sizes", "config", "user")
"""Columns that need no network."""

_TREES = {
    "extra_trees": True,
    "learning_rate": 0.04,
    "colsample_bytree": 0.6,
    "max_bin": 63,
}
_PLAIN = {
    "extra_trees": False,
    "n_estimators": 600,
    "learning_rate": 0.03,
    "num_leaves": 12,
    "min_child_samples": None,
    "colsample_bytree": 0.3,
}


def auto_recipe(n: int) -> Recipe:
    """What is fitted to n labels, before out-of-fold rankings settle it.

    Chosen on NAS-Bench-101 (100 and 424 labels) and TransNAS-Bench-101 (32 and 128), confirmed on the other
    spaces of `docs/spaces.md`, which it was not chosen on.
    """
    size = {"n_estimators": 400, "num_leaves": 8, "min_child_samples": 3}
    if n > FEW_LABELS:
        size = {"n_estimators": 800, "num_leaves": 18, "min_child_samples": 5}
    return Recipe(
        process_targets=("quantile-normal", "logit"),
        penalty=0.1,
        more_penalties=(1.0,) if n <= FEW_LABELS else (),
        tree_targets=(),
        tree_params={**_TREES, **size},
        tree_variants=({}, _PLAIN),
        process_families=(_FAMILIES,),
        tree_families=_FAMILIES,
        joining=tuple(sorted(AutoRanker.settles)),
        share=1 / 2,
        shares=(1 / 4, 3 / 4),
        gain=0.005,
        slack=0.01,
        refits=n <= FEW_LABELS,
    )


class AutoRanker(EnsembleRanker):
    """Gaussian processes and LightGBM, as `EnsembleRanker`, for any space.

    Out-of-fold rankings of the training rows settle four things: the target (ranks, the logit, or both where
    they are close), whether products of options are looked at, whether columns that need networks are, and
    the weight of the processes. Length scales are fitted to at most 1,000 rows. Parameters and attributes are
    those of `EnsembleRanker`.
    """

    settles: ClassVar[frozenset[str]] = frozenset({"products"})
    fit_rows: ClassVar[int | None] = 1000

    def _recipe(self, n: int) -> Recipe:
        """What is fitted to n labels."""
        return auto_recipe(n)
