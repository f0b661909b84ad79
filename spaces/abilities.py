"""What a space may have: asked for by name, or with an answer for spaces without."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.base import FullSpace, SearchSpace
from proxyrank.spaces.data import DATASETS

if TYPE_CHECKING:
    pass

ABILITIES: Mapping[str, str] = {
    "data": "images of its own",
    "options": "a list of its options",
    "config": "the options of an architecture",
    "graph": "the graph of an architecture",
    "blocks": "networks that are blocks in a row",
    "concatenates": "cells that concatenate",
    "places": "places that every architecture fills",
    "parts": "graphs of the parts of an architecture",
    "part_names": "names of the parts of an architecture",
    "network": "the network of an architecture",
    "sizes": "the sizes of networks",
    "archs": "a list of all architectures",
    "populations": "named populations",
    "sample": "a way to draw architectures",
    "neighbours": "the neighbours of an architecture",
    "mutate": "random changes of an architecture",
    "start": "an architecture that searches start from",
    "depth": "a number of layers",
    "canonical": "a canonical form of architectures",
    "function_key": "a key that equal networks share",
    "representative": "one architecture for all equal ones",
    "ops": "a list of its operations",
    "hyperparameters": "hyperparameters",
    "usual_model": "a model of its own",
    "arch_columns": "columns of its own that name an architecture",
}
"""Members that a space may have, and what to call them in a message."""


def has(space: SearchSpace, ability: str) -> bool:
    """Whether a space has one of `ABILITIES`: the member is there and not None."""
    if ability not in ABILITIES:
        raise ValueError(f"unknown ability {ability!r}; known: {', '.join(ABILITIES)}")
    return getattr(space, ability, None) is not None


def require(space: SearchSpace, ability: str, needed_by: str) -> FullSpace:
    """Refuse a space that lacks an ability.

    Parameters
    ----------
    space
        The space.
    ability
        One of `ABILITIES`.
    needed_by
        Who needs it, as a message begins: ``the feature group paths``.

    Returns
    -------
    FullSpace
        The same space, for the type checker.

    Raises
    ------
    ProxyrankError
        If the space does not have it.
    """
    if not has(space, ability):
        raise ProxyrankError(
            f"{needed_by} needs {ABILITIES[ability]}; the search space {space.name} has none"
        )
    return cast(FullSpace, space)


def equality_key(space: SearchSpace, arch: str) -> str:
    """Equal for networks known to be equal: the function key, else the canonical form, else the spelling."""
    own = cast(FullSpace, space)
    return own.function_key(arch) if has(space, "function_key") else canonical(space, arch)


def canonical(space: SearchSpace, arch: str) -> str:
    """The canonical form, or the spelling itself in a space without one."""
    return cast(FullSpace, space).canonical(arch) if has(space, "canonical") else arch


def representative(space: SearchSpace, arch: str) -> str:
    """The member that stands for all equal networks, or the architecture itself in a space without one."""
    return cast(FullSpace, space).representative(arch) if has(space, "representative") else arch


def populations(space: SearchSpace) -> tuple[str, ...]:
    """Names of the populations: ``all`` where the space does not say, none where it cannot be listed."""
    if not has(space, "archs"):
        return ()
    return tuple(cast(FullSpace, space).populations()) if has(space, "populations") else ("all",)


def arch_columns(space: SearchSpace) -> tuple[str, ...]:
    """Columns that name an architecture where a table has no column ``arch``; none in most spaces."""
    return tuple(cast(FullSpace, space).arch_columns) if has(space, "arch_columns") else ()


def default_dataset(space: SearchSpace, label: str | None = None) -> str | None:
    """Data set of networks where none is named: the space's own one, else a label's name if that is one."""
    if has(space, "data"):
        return str(cast(FullSpace, space).data)
    return label if label in DATASETS else None
