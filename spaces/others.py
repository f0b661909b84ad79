"""Which other spaces a table is of, for the message where the one that was named does not read it."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces.abilities import arch_columns
from proxyrank.spaces.base import SearchSpace
from proxyrank.spaces.lookup import get_space, space_names


def other_spaces(space: SearchSpace, text: Any) -> str:
    """``; it is of --space darts`` where known spaces read a text that this one refuses, else nothing."""
    names = space_names(installed=False)
    if _reads(space, text):
        return ""
    return _hint("it is", [name for name in names if _reads(get_space(name), text)])


def spaces_of_columns(columns: Collection[str]) -> str:
    """The same for the columns of a table, which may name the architectures of a space."""
    own = {name: arch_columns(get_space(name)) for name in space_names(installed=False)}
    return _hint("these are", [name for name, found in own.items() if found and set(found) <= set(columns)])


def _reads(space: SearchSpace, text: Any) -> bool:
    with suppress(ArchitectureError):
        space.parse(text)
        return True
    return False


def _hint(what: str, names: list[str]) -> str:
    return f"; {what} of --space {' or '.join(names)}" if names else ""
