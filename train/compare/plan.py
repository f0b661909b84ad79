"""What is compared with what: learnt rankings and scores, sizes, seeds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.features import FeatureSettings, FeatureTable
from proxyrank.spaces import SearchSpace
from proxyrank.train.fit import wanted_groups
from proxyrank.train.splits import SPLITS

MEASURES = ("KT", "SPR", "nDCG", "regret@1", "regret@10", "best_rank@10")
"""What each ranking is judged by; `evaluate_scores` says what they are."""
LOWER = frozenset({"regret@1", "regret@10", "best_rank@10"})
"""Those of which less is better."""
SIZES = (64, 256)
SEEDS = 5
ENOUGH = 0.01
"""More labels that gain less than this are not needed."""


@dataclass(frozen=True)
class Learnt:
    """A ranking that is trained.

    Attributes
    ----------
    name
        What tables call it.
    groups
        Feature groups.
    model
        Name of the model; None takes that of the groups.
    """

    name: str
    groups: tuple[str, ...]
    model: str | None = None


@dataclass(frozen=True)
class ComparePlan:
    """How rankings are compared.

    Attributes
    ----------
    learnt
        Rankings that are trained, on the same architectures each.
    scores
        Further rankings that need no training, by name.
    sizes, seeds
        Numbers of labels, and splits of each.
    population, split
        As of `FitPlan`.
    metric
        The measure that differences, the picture and "enough" are about.
    reference
        Ranking that the others are subtracted from; None takes the best at the largest size.
    dataset, settings
        Of the features.
    """

    learnt: tuple[Learnt, ...] = ()
    scores: tuple[str, ...] = ()
    sizes: tuple[int, ...] = SIZES
    seeds: tuple[int, ...] = tuple(range(SEEDS))
    population: str = "all"
    split: str = "published"
    metric: str = "KT"
    reference: str | None = None
    dataset: str | None = None
    settings: FeatureSettings = field(default_factory=FeatureSettings)

    def __post_init__(self) -> None:
        if self.metric not in MEASURES:
            raise unknown("metric", self.metric, MEASURES)
        if self.split not in SPLITS:
            raise unknown("split", self.split, SPLITS)
        if not self.sizes or list(self.sizes) != sorted(set(self.sizes)) or self.sizes[0] < 2:
            raise ProxyrankError(f"sizes must increase from at least 2, got {self.sizes}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ProxyrankError(f"seeds must be different numbers, got {self.seeds}")


def learnt_rankings(
    space: SearchSpace,
    groups: Sequence[str],
    models: Sequence[str] = (),
    features: FeatureTable | None = None,
) -> tuple[Learnt, ...]:
    """Each text of groups (``graf``, ``paths+cell``) with each model; without models with its own default.

    Raises
    ------
    ProxyrankError
        If a group is unknown.
    """
    from proxyrank.models.catalogue import model_class

    found: dict[str, Learnt] = {}
    for model in models or (None,):
        if model is not None:
            model_class(model)  # an unknown name is refused here
        for text in groups or (None,):
            names = wanted_groups(space, text, features, model=model)
            name = text or "+".join(names)
            if len(models) > 1:
                name = f"{name} ({model})"
            found.setdefault(name, Learnt(name, names, model))
    return tuple(found.values())
