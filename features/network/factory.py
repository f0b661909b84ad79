"""Networks that a user's own Python function makes."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from proxyrank.common.errors import MissingDependencyError, NotApplicableError, ProxyrankError
from proxyrank.common.limits import STEP, user_code
from proxyrank.common.optional import optional
from proxyrank.spaces import picking

if TYPE_CHECKING:
    from torch import nn


def module_factories(
    texts: Sequence[str], logits: str | None = None, *, limit: float = STEP
) -> "dict[str, Callable[[], nn.Module]]":
    """Factories by name; one of several that cannot be found raises when it is called, so the others go on.

    Raises as `module_factory` where there is only one.
    """
    if len(texts) == 1:
        return {texts[0]: module_factory(texts[0], logits, limit=limit)}
    return {text: _lenient(text, logits, limit) for text in texts}


def _lenient(text: str, logits: str | None, limit: float) -> "Callable[[], nn.Module]":
    """A factory whose faults, those of finding it too, are reasons of gaps."""

    def build() -> "nn.Module":
        try:
            return module_factory(text, logits, limit=limit)()
        except MissingDependencyError:
            raise
        except ProxyrankError as error:
            raise NotApplicableError(str(error)) from error

    return build


def module_factory(text: str, logits: str | None = None, *, limit: float = STEP) -> "Callable[[], nn.Module]":
    """The function that ``package.module:name`` names; the working folder is searched too.

    Parameters
    ----------
    text
        The name.
    logits
        Which output of its networks are the logits, where there are several (`picking`).
    limit
        Seconds that importing it, and a call, may take.

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
        with user_code(limit, f"importing {package}"):
            found = import_module(package)
    except TimeoutError as error:
        raise ProxyrankError(f"--module {text}: {error}") from error
    except ImportError as error:
        raise ProxyrankError(f"--module {text}: cannot import {package} ({error})") from error
    except (Exception, SystemExit) as error:  # whatever the user's module does when it is imported
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
        with user_code(limit, f"building {text}"):
            made = factory() if callable(factory) and not isinstance(factory, torch.nn.Module) else factory
        if not isinstance(made, torch.nn.Module):
            raise ProxyrankError(f"--module {text}: expected a torch.nn.Module, got {type(made).__name__}")
        return picking(made, logits)

    return build
