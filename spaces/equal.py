"""Classes of equal networks: architectures that are one network up to names."""

from collections.abc import Iterable

from proxyrank.spaces.abilities import equality_key
from proxyrank.spaces.base import SearchSpace


def equal_keys(space: SearchSpace, archs: Iterable[str]) -> list[str]:
    """`equality_key` of each architecture, the same for equal networks; architectures in exact spelling."""
    return [equality_key(space, arch) for arch in archs]


def equal_to_any(space: SearchSpace, archs: Iterable[str], others: Iterable[str]) -> list[bool]:
    """Whether each architecture is, up to names, one of the others; all in exact spelling."""
    known = set(equal_keys(space, others))
    return [key in known for key in equal_keys(space, archs)]


def classes(space: SearchSpace, archs: Iterable[str]) -> dict[str, list[str]]:
    """Architectures by the key that equal networks share; keys and members in order of appearance."""
    members: dict[str, list[str]] = {}
    for arch in archs:
        members.setdefault(equality_key(space, arch), []).append(arch)
    return members
