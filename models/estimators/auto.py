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

    Target, screening, penalties and share were chosen by the mean of eight lines of 32 and 128 labels
    (NAS-Bench-Macro, Accel-NASBench, OnceNAS, SWAP, TransNAS-Bench-101), the targets of many labels on
    NAS-Bench-101 (424), on splits of another generator than those of `docs/spaces.md`; NAS-Bench-201 and
    NAS-Bench-101 (100) confirm them. That each step of the length scales sees other rows was chosen on
    NAS-Bench-101 (4,236) and is confirmed by Accel-NASBench, TransNAS-Bench-101 and NAS-Bench-Macro (1,024).
    The share of many labels, and that one target has all processes, were chosen on these and NAS-Bench-201
    and SWAP, on such splits too. The share is left for the trees' sake alone: out of fold, a process of many
    labels is flattered (`Recipe.shares`).
    """
    few = n <= FEW_LABELS
    size = {"n_estimators": 800, "num_leaves": 18, "min_child_samples": 5}
    if few:
        size = {"n_estimators": 400, "num_leaves": 8, "min_child_samples": 3}
    return Recipe(
        process_targets=("power-normal",) if few else ("power-normal", "quantile-normal"),
        penalty=0.1,
        more_penalties=(1.0,) if few else (),
        screens=(2.0,),
        engine="numpy",
        tree_targets=("power-normal", "power-normal"),
        tree_params={**_TREES, **size},
        tree_variants=({}, _PLAIN),
        process_families=(_FAMILIES,),
        tree_families=_FAMILIES,
        joining=tuple(sorted(AutoRanker.settles)),
        share=4 / 5 if few else 2 / 3,
        shares=(3 / 5, 1.0) if few else (1 / 3, 1 / 2),
        gain=0.01 if few else 0.005,
        slack=0.0,
        refits=few,
    )


class AutoRanker(EnsembleRanker):
    """Gaussian processes and LightGBM, as `EnsembleRanker`, for any space.

    The label goes through the power that makes it most normal: how long its tail is differs between spaces,
    and ranks of a few dozen labels are noise. Half the processes weigh columns by what each alone says of the
    labels. Out-of-fold rankings of the training rows settle four things: the target where labels are many
    (power or ranks), whether products of options are looked at, whether columns that need networks are, and
    the weight of the processes. Each step of the length scales sees at most 600 rows, others every time.
    Parameters and attributes are those of `EnsembleRanker`.
    """

    averages_equal = "graph"
    settles: ClassVar[frozenset[str]] = frozenset({"products"})
    fit_rows: ClassVar[int | None] = 600

    def _recipe(self, n: int) -> Recipe:
        """What is fitted to n labels."""
        return auto_recipe(n)
