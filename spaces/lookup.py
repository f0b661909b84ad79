"""Which search spaces there are: registered ones, installed ones (entry points), and those in a file."""

import re
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.limits import SCORING
from proxyrank.spaces.base import SearchSpace
from proxyrank.spaces.files import error_line, file_digest, file_name, run_file

ENTRY_POINTS = "proxyrank.spaces"
"""Group of entry points in which an installed package names its search spaces."""

_FACTORIES: dict[str, tuple[str, str]] = {
    "darts": ("proxyrank.spaces.darts", "DARTS"),
    "mbconv": ("proxyrank.spaces.mbconv", "MBCONV"),
    "mobilenetv2": ("proxyrank.spaces.mobilenetv2", "MOBILENETV2"),
    "mobilenetv2-plain": ("proxyrank.spaces.mobilenetv2", "MOBILENETV2_PLAIN"),
    "nb-macro": ("proxyrank.spaces.nb_macro", "NB_MACRO"),
    "nb101": ("proxyrank.spaces.nb101", "NB101"),
    "nb201": ("proxyrank.spaces.nb201", "NB201"),
    "smallnets": ("proxyrank.spaces.smallnets", "SMALLNETS"),
    "tnb101-micro": ("proxyrank.spaces.tnb101", "TNB101_MICRO"),
}
"""Name of a space -> module and attribute that hold it; imported when first asked for."""

_FROM_FILES: dict[str, tuple[str, SearchSpace]] = {}
"""``FILE.py:NAME`` with the absolute path -> SHA-256 of the file, and the space that it gave."""


def register_space(name: str, module: str, attribute: str) -> None:
    """Make a space of another package known under ``name``; it is imported on first use.

    Examples
    --------
    >>> from proxyrank import get_space, register_space
    >>> register_space("cells", "proxyrank.spaces.nb201", "NB201")  # a package of yours, imported when used
    >>> len(get_space("cells").archs())
    15625
    """
    _FACTORIES[name] = (module, attribute)


def space_names(*, installed: bool = True) -> list[str]:
    """Names of the registered spaces and, ``installed``, of those that other packages bring."""
    return sorted({*_FACTORIES, *(_installed() if installed else ())})


def get_space(space: str | SearchSpace) -> SearchSpace:
    """The search space that a person means.

    Parameters
    ----------
    space
        The name of a registered space or of an entry point; ``FILE.py:NAME``, the object NAME of a Python
        file, which is run in a module of its own; or a space, which is returned.

    Raises
    ------
    ProxyrankError
        If there is no such space, file or object, if the file fails, or the object is no search space.

    Examples
    --------
    >>> from proxyrank import get_space
    >>> space = get_space("nb201")
    >>> len(space.archs())
    15625
    >>> space.parse("|avg_pool_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|")
    '|avg_pool_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|'
    """
    if not isinstance(space, str):
        return _checked(space, repr(space))
    return _from_file(space) if ":" in space else installed_space(space)


def installed_space(name: str) -> SearchSpace:
    """The registered or installed space of a name that a folder or table states; no file is ever run.

    Raises
    ------
    ProxyrankError
        If there is none.
    """
    if name in _FACTORIES:
        module, attribute = _FACTORIES[name]
        return _checked(getattr(import_module(module), attribute), name)
    if name in (found := _installed()):
        try:
            space = _checked(found[name].load(), name)
        except (ImportError, AttributeError) as error:
            raise ProxyrankError(
                f"search space {name}: {found[name].value} fails: {error_line(error)}"
            ) from None
        if space.name != name:
            raise ProxyrankError(f"search space {name}: {found[name].value} calls itself {space.name!r}")
        return space
    raise unknown("search space", name, (*space_names(), "the space of a file as FILE.py:NAME"))


def source_of(space: SearchSpace) -> str | SearchSpace:
    """Text by which `get_space` finds the space in another process; the space itself where none does."""
    for text, (_, own) in _FROM_FILES.items():
        if own is space:
            return text
    return space.name if identity(space) else space


def time_limit_of(space: SearchSpace) -> float | None:
    """Seconds that all that is computed of one of its networks may take: a limit for networks of a user."""
    if any(own is space for _, own in _FROM_FILES.values()):
        return SCORING
    found: float | None = getattr(space, "limit", None)
    return found


def file_code(space: SearchSpace) -> dict[str, str] | None:
    """File and digest of a space that was loaded from a file; None for others."""
    for text, (digest, own) in _FROM_FILES.items():
        if own is space:
            return {"file": file_name(text), "sha256": digest}
    return None


def identity(space: SearchSpace) -> str | None:
    """What tells the values of a space from those of every other one; None for an object of unknown origin.

    The name of a known space; with the digest of its file for one that was loaded from a file.
    """
    for digest, own in _FROM_FILES.values():
        if own is space:
            return f"{space.name}-{digest[:12]}"
    known = space.name in _FACTORIES or space.name in _installed()
    return space.name if known and installed_space(space.name) is space else None


def _installed() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}


def _from_file(text: str) -> SearchSpace:
    file, _, name = text.rpartition(":")
    path, where = Path(file).absolute(), f"search space {text}"
    digest = file_digest(path, where)
    key = f"{path}:{name}"
    if key in _FROM_FILES and _FROM_FILES[key][0] == digest:
        return _FROM_FILES[key][1]
    module = run_file(path, digest, where)
    if not hasattr(module, name):
        raise ProxyrankError(f"search space {text}: the file has no object {name!r}")
    space = _checked(getattr(module, name), text)
    if space.name in space_names():
        raise ProxyrankError(f"search space {text}: the name {space.name!r} belongs to a known space")
    _FROM_FILES[key] = (digest, space)
    return space


def _checked(found: Any, text: str) -> SearchSpace:
    """Refuse what is no search space."""
    if isinstance(found, type):
        raise ProxyrankError(f"search space {text}: a class; name an object of it")
    if not callable(getattr(found, "parse", None)) or not isinstance(getattr(found, "name", None), str):
        raise ProxyrankError(f"search space {text}: the object has no name and parse, which every space has")
    if not re.fullmatch(r"[\w.-]+", found.name):
        raise ProxyrankError(f"search space {text}: its name {found.name!r} is not of letters, digits, _ - .")
    space: SearchSpace = found
    return space
