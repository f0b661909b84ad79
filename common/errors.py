"""Errors that a person can act on. The command line prints them as one line and exits with code 2."""

import difflib
from collections.abc import Iterable


class ProxyrankError(ValueError):
    """Bad input. The message says what was given, what was expected and where."""


class ArchitectureError(ProxyrankError):
    """An architecture that is not one of the search space, or is spelled wrongly."""


class TableError(ProxyrankError):
    """A table that is missing, damaged, ambiguous, or does not fit the others."""


class MissingDependencyError(ProxyrankError):
    """An optional package is needed for what was asked; the message names the extra to install."""


class NotApplicableError(Exception):
    """A feature has no value for this architecture; the message is the reason written beside the gap."""


def unknown(
    kind: str,
    name: object,
    known: Iterable[object],
    *,
    where: str = "",
    error: type[ProxyrankError] = ProxyrankError,
) -> ProxyrankError:
    """Error for a name that is not one of those known, to be raised; it names the nearest, then all.

    Parameters
    ----------
    kind
        What was named, such as ``feature group``.
    name
        What was given.
    known
        What would do.
    where
        File or option that it stands in, for the message.
    error
        Class of the error.
    """
    names = [str(one) for one in known]
    hint = f"; nearest: {near}" if (near := nearest(str(name), names)) else ""
    place = f"{where}: " if where else ""
    return error(f"{place}unknown {kind} {name!r}{hint}; known: {', '.join(names) or 'none'}")


def nearest(name: str, known: Iterable[str], *, least: float = 0.6) -> str | None:
    """The known name that is spelt most like this one, whatever the case.

    None where none is alike by at least ``least`` (from 0 to 1: `difflib.SequenceMatcher.ratio`).
    """
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=least)
    return by_lower[found[0]] if found else None
