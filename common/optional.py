"""Packages that are needed for some things only."""

from importlib import import_module
from typing import Any

from proxyrank.common.errors import MissingDependencyError


def optional(module: str, needed_by: str, *, install: str) -> Any:
    """Import a module that may not be installed.

    Parameters
    ----------
    module
        Its name.
    needed_by
        What it is needed for, as the beginning of a sentence.
    install
        What pip installs for it: an extra, such as ``proxyrank[ray]``, or a package.

    Raises
    ------
    MissingDependencyError
        If it, or something that it imports, is not installed; the message says what to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = (error.name or module).partition(".")[0]
        text = f"{needed_by} needs {name}, which is not installed: pip install {install}"
        raise MissingDependencyError(text) from None
