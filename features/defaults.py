"""Which groups a ranking has that names none: read off what the space says of itself, never off its name.

Chosen on two to six splits of each space in `docs/spaces.md`: beside `paths`, `cell` and `flow`, `nodes` and
`sizes` gain .01 of Kendall's tau where cells concatenate (NAS-Bench-101, DARTS) and nothing where nodes are
sums (NAS-Bench-201, TransNAS-Bench-101); blocks in a row do as well by `blocks` and `sizes` alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.groups import GROUPS
from proxyrank.spaces import SearchSpace, has


@dataclass(frozen=True)
class Default:
    """Groups of the spaces that have an ability.

    Attributes
    ----------
    ability
        One of `proxyrank.spaces.ABILITIES`.
    groups
        Those of them count whose needs the space meets.
    few
        Those that are looked at where labels are few; all of them if empty.
    settled
        Those besides that only a model is given which takes them where they pay out of fold.
    """

    ability: str
    groups: tuple[str, ...]
    few: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()


DEFAULTS = (
    Default("blocks", ("blocks", "sizes")),
    Default("concatenates", ("paths", "cell", "flow", "nodes", "sizes")),
    Default("graph", ("paths", "cell", "flow"), few=("paths", "flow")),
    Default("config", ("config",), few=("config",), settled=("products",)),
)
"""The first one whose ability the space has is taken."""

FEW_LABEL_GROUPS = tuple({name: None for default in DEFAULTS for name in default.few})
"""Groups that the correction of a transferred ranking looks at: more columns overfit a few labels."""

SETTLED = frozenset(name for default in DEFAULTS for name in default.settled)
"""Groups that may cost a ranking; whoever names none gets them where a model settles it."""


def default_groups(
    space: SearchSpace, *, few_labels: bool = False, settles: Collection[str] = ()
) -> tuple[str, ...]:
    """Groups of a ranking that names none: those read off the graph or, without one, off the options.

    Parameters
    ----------
    space
        Search space of the ranking.
    few_labels
        Whether labels are so few that fewer columns do better.
    settles
        Groups that the model takes only where they pay out of fold (`TabularRanker.settles`).

    Raises
    ------
    ProxyrankError
        If the space has neither.
    """
    for default in DEFAULTS:
        if has(space, default.ability):
            names = default.few if few_labels and default.few else default.groups
            names = (*names, *(name for name in default.settled if name in settles))
            able = [name for name in names if all(has(space, need) for need in GROUPS[name].needs)]
            return tuple(name for name in able if GROUPS[name].columns(space))
    raise ProxyrankError(
        f"the search space {space.name} has neither graphs nor options to read features off; name the "
        "feature groups, or give a feature table"
    )
