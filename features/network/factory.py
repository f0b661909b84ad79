"""Networks that a user's own Python function makes."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.optional import optional
from proxyrank.spaces import picking

if TYPE_CHECKING:
    from torch import nn


def module_factory(text: str, logits: str | None = None) -> "Callable[[], nn.Module]":
    """The function that ``package.module:name`` names; the working folder is searched too.

    Parameters
    ----------
    text
        The name.
    logits
        Which output of its networks are the logits, where there are several (`picking`).

    Raises
    ------
    MissingDependencyError
        If torch is not installed.
    ProxyrankError
        If importing it fails or there is no such function; when called, if it makes no torch module.
    """
    torch = optional("torch", f"--module {text}", install="torch")
    package, _, name = text.partition(":")
    if not package or not name:
        raise ProxyrankError(
            f"--module {text}: expected package:factory, such as torchvision.models:resnet18"
        )
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        found = import_module(package)
    except ImportError as error:
        raise ProxyrankError(f"--module {text}: cannot import {package} ({error})") from error
    except Exception as error:  # whatever the user's module does when it is imported
        reason = str(error).partition("\n")[0]
        raise ProxyrankError(
            f"--module {text}: importing {package} fails ({type(error).__name__}: {reason})"
        ) from error
    finally:
        sys.path.remove(here)
    if not hasattr(found, name):
        raise ProxyrankError(f"--module {text}: {package} has no {name}")
    factory = getattr(found, name)

    def build() -> "nn.Module":
        made = factory() if callable(factory) and not isinstance(factory, torch.nn.Module) else factory
        if not isinstance(made, torch.nn.Module):
            raise ProxyrankError(f"--module {text}: expected a torch.nn.Module, got {type(made).__name__}")
        return picking(made, logits)

    return build
