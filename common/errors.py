"""Errors that a person can act on. The command line prints them as one line and exits with code 2."""


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
