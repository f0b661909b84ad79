"""The space that a ranker folder or a table states."""

import json
from collections.abc import Mapping
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.base import SearchSpace
from proxyrank.spaces.lookup import get_space, installed_space, space_names
from proxyrank.spaces.table import TableSpace


def stated_space(
    name: str,
    given: str | SearchSpace | None,
    where: str,
    hyperparameters: Mapping[str, Any] | None = None,
) -> SearchSpace:
    """The space that a folder states by name; code that the folder names is never run.

    Parameters
    ----------
    name
        Of the space, as the folder has it.
    given
        What a person says the space is, if anything.
    where
        The folder, for messages.
    hyperparameters
        Of the space that the folder was made with, as `stated_hyperparameters` gave them.

    Raises
    ------
    ProxyrankError
        If the given one has another name, none is given and no known space has the name, or the
        hyperparameters are others.
    """
    if given is None and name == TableSpace.name:
        return _described(hyperparameters, where)
    space = _named_space(name, given, where)
    now = stated_hyperparameters(space)
    if now != hyperparameters:
        raise ProxyrankError(
            f"{where}: made with another search space {name}: {_first_difference(hyperparameters, now)}"
        )
    return space


def stated_hyperparameters(space: SearchSpace) -> dict[str, Any] | None:
    """Hyperparameters of a space as a JSON file has them; None for a space without."""
    stated = getattr(space, "hyperparameters", None)
    found: dict[str, Any] | None = None if stated is None else json.loads(json.dumps(stated))
    return found


def _first_difference(then: Any, now: Any, what: str = "hyperparameters") -> str:
    """The innermost place where two JSON values differ."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            if then.get(key) != now.get(key):
                return _first_difference(then.get(key), now.get(key), key)
    return f"{what} was {json.dumps(then)}, is {json.dumps(now)}"


def _described(hyperparameters: Mapping[str, Any] | None, where: str) -> SearchSpace:
    """The table of architectures, without its rows, that hyperparameters describe."""
    try:
        return TableSpace.of(hyperparameters or {})
    except (KeyError, TypeError, AttributeError):
        raise ProxyrankError(f"{where}: damaged, it does not say which columns describe its table") from None


def _named_space(name: str, given: str | SearchSpace | None, where: str) -> SearchSpace:
    if given is not None:
        space = get_space(given)
        if space.name != name:
            raise ProxyrankError(f"{where}: of the search space {name}, not of {space.name}")
        return space
    if name not in space_names():
        raise ProxyrankError(
            f"{where}: of the search space {name}, which is not installed; give its file with --space "
            "FILE.py:NAME"
        )
    return installed_space(name)
