"""Classes of equal networks: architectures that are one network up to names."""

from collections.abc import Iterable

from proxyrank.spaces.base import SearchSpace


def equal_keys(space: SearchSpace, archs: Iterable[str]) -> list[str]:
    """Key of each architecture, the same for equal networks; architectures in exact spelling."""
    return [space.function_key(arch) for arch in archs]


def classes(space: SearchSpace, archs: Iterable[str]) -> dict[str, list[str]]:
    """Architectures by the key that equal networks share; keys and members in order of appearance."""
    members: dict[str, list[str]] = {}
    listed = list(archs)
    for key, arch in zip(equal_keys(space, listed), listed, strict=True):
        members.setdefault(key, []).append(arch)
    return members
