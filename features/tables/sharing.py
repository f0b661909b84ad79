"""Work saved over equal networks: one member of each class is computed, the others take its values.

A value is taken only where its proxy tells the members apart by nothing but the draw of the weights: it looks
neither at the order of the parameters nor, for an architecture that has some, at dead operations.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from proxyrank.features.proxies.registry import PROXIES
from proxyrank.spaces import SearchSpace, canonical, representative


@dataclass(frozen=True)
class Portion:
    """Columns that are computed for some architectures."""

    archs: list[str]
    columns: frozenset[str]


def shareable(columns: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Columns that equal networks share: a member that is ``canonical``, one that has ``dead`` operations.

    Only proxies; the graph features are cheap.
    """
    free = {
        kind: {c for proxy in PROXIES.values() if not proxy.depends_on & kinds for c in proxy.columns}
        for kind, kinds in {"canonical": {"order"}, "dead": {"order", "dead"}}.items()
    }
    return {kind: frozenset(names.intersection(columns)) for kind, names in free.items()}


def shared_sources(space: SearchSpace, archs: Sequence[str], columns: Collection[str]) -> dict[str, str]:
    """The architecture whose values each has in columns of one proxy: its representative, or itself."""
    free = shareable(columns)
    every = frozenset(columns)
    sources = {}
    for arch in archs:
        kind = "canonical" if canonical(space, arch) == arch else "dead"
        sources[arch] = representative(space, arch) if free[kind] == every else arch
    return sources


def plan_sharing(
    space: SearchSpace, archs: Sequence[str], columns: Collection[str]
) -> tuple[list[Portion], dict[str, frozenset[str]]]:
    """What to compute for which architectures, and which columns each takes from its representative.

    Parameters
    ----------
    space, archs, columns
        The table that is wanted; ``archs`` are different.

    Returns
    -------
    list of Portion
        Together they hold everything once: the representatives among ``archs`` whole, those outside with the
        shared columns only, the other architectures with the rest.
    dict
        Architecture -> columns to be taken from its representative; representatives are left out.
    """
    every = frozenset(columns)
    free = shareable(every)
    taken = {
        arch: free["canonical" if canonical(space, arch) == arch else "dead"]
        for arch in archs
        if representative(space, arch) != arch
    }
    inside = [arch for arch in archs if arch not in taken]
    known = set(inside)
    outside = sorted({representative(space, arch) for arch in taken} - known)
    portions = [Portion(inside, every), Portion(outside, free["canonical"])]
    portions += [
        Portion([arch for arch in archs if taken.get(arch) == theirs], every - theirs)
        for theirs in dict.fromkeys(taken.values())
    ]
    return [portion for portion in portions if portion.archs and portion.columns], taken
