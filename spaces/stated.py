"""The space that a ranker folder or a table states."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.base import SearchSpace
from proxyrank.spaces.lookup import file_code, get_space, installed_space, space_names
from proxyrank.spaces.table import TableSpace

_log = logging.getLogger(__name__)


def stated_space(
    name: str,
    given: str | SearchSpace | None,
    where: str,
    hyperparameters: Mapping[str, Any] | None = None,
    code: Mapping[str, str] | None = None,
) -> SearchSpace:
    """The space that a folder states by name; code that the folder names is never run.

    A file that is another one than when the folder was made draws a warning.

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
    code
        As `stated_code` gave it.

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
    if line := changed_code(code, space):
        _log.warning("%s: %s", where, line)
    return space


def stated_hyperparameters(space: SearchSpace) -> dict[str, Any] | None:
    """Hyperparameters of a space as a JSON file has them; None for a space without."""
    stated = getattr(space, "hyperparameters", None)
    found: dict[str, Any] | None = None if stated is None else json.loads(json.dumps(stated))
    return found


def stated_code(space: SearchSpace) -> dict[str, str] | None:
    """``file`` and ``sha256`` of a user's file that is the space or builds its networks; None for others.

    The digest is of that file alone, not of what it imports.
    """
    own: dict[str, str] | None = getattr(space, "code", None)
    return own or file_code(space)


def changed_code(then: Mapping[str, str] | None, space: SearchSpace) -> str | None:
    """One line that says which file is another one than when a ranker or table was made; None if none is.

    Parameters
    ----------
    then
        What `stated_code` said.
    space
        As it is now; one that states no file is not compared.
    """
    now = stated_code(space)
    if then is None or now is None or then["sha256"] == now["sha256"]:
        return None
    before, after = then["sha256"][:12], now["sha256"][:12]
    return f"made with {then['file']} of SHA-256 {before}, now {now['file']} is {after}"


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
