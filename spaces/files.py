"""Python files that a person names: run once per content, in a module of their own."""

import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from proxyrank.common.digests import digest as digest_of
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.limits import SCORING, STEP, user_code
from proxyrank.spaces._logits import picking


def file_digest(path: Path, where: str) -> str:
    """SHA-256 of a file.

    Raises
    ------
    ProxyrankError
        If it cannot be read; the message begins with ``where``.
    """
    try:
        return digest_of(path.read_bytes())
    except OSError as error:
        raise ProxyrankError(f"{where}: cannot read the file ({error.strerror})") from None


def file_name(text: str) -> str:
    """``FILE.py:NAME`` without the folder, in which tables and rankers of two machines would differ."""
    file, _, name = text.rpartition(":")
    return f"{Path(file).name}:{name}"


def run_file(path: Path, digest: str, where: str, *, limit: float = STEP) -> Any:
    """The module of a file with a known digest; it is run at most once in a process.

    Raises
    ------
    ProxyrankError
        If it is no Python file, fails, or takes longer than ``limit`` seconds.
    """
    place = digest_of(str(path))[:8]
    module_name = f"_proxyrank_space_{place}_{digest[:8]}"
    if module_name in sys.modules:  # another object of the same file
        return sys.modules[module_name]
    spec = spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ProxyrankError(f"{where}: expected a Python file, FILE.py:NAME")
    module = module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses look their module up
    try:
        with user_code(limit, "importing it"):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module_name]
        raise ProxyrankError(f"{where}: the file fails: {error_line(error)}") from None
    return module


def error_line(error: BaseException) -> str:
    """Kind and first line of an error."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


@dataclass(frozen=True)
class FileFunction:
    """A function of a Python file that other processes find again.

    Attributes
    ----------
    text
        As it was named, ``FILE.py:NAME``.
    path, name
        The file, absolute, and the function in it.
    digest
        SHA-256 of the file when it was named.
    logits
        Which output of its networks are the logits, where there are several (`picking`).
    timeout
        Seconds that running the file, a call, and all that is computed of what it returns may take; None:
        `STEP` and `SCORING`.
    """

    text: str
    path: str
    name: str
    digest: str
    logits: str | None = None
    timeout: float | None = None

    @property
    def limit(self) -> float:
        """Seconds that all that is computed of a network it returns may take."""
        return self.timeout or SCORING

    @classmethod
    def of(
        cls,
        text: str,
        option: str = "--build",
        *,
        logits: str | None = None,
        timeout: float | None = None,
    ) -> "FileFunction":
        """The function that ``FILE.py:NAME`` names; the file is run.

        Raises
        ------
        ProxyrankError
            If the file cannot be read, fails, or has no such function.
        """
        file, colon, name = text.rpartition(":")
        if not colon or not file or not name:
            raise ProxyrankError(f"{option} {text}: expected FILE.py:FUNCTION, such as mynets.py:make")
        path = Path(file).absolute()
        found = cls(text, str(path), name, file_digest(path, f"{option} {text}"), logits, timeout)
        found.function(f"{option} {text}")
        return found

    @property
    def code(self) -> dict[str, str]:
        """What tables and rankers state of it (`stated_code`)."""
        return {"file": file_name(self.text), "sha256": self.digest}

    def function(self, where: str = "") -> Callable[..., Any]:
        """The function itself.

        Raises
        ------
        ProxyrankError
            If the file has changed since it was named, fails, or has no such function.
        """
        path, where = Path(self.path), where or self.text
        with suppress(ImportError):  # seconds that are not the file's
            importlib.import_module("torch")
        if file_digest(path, where) != self.digest:
            raise ProxyrankError(f"{where}: the file was changed during the run")
        made = getattr(run_file(path, self.digest, where, limit=self.timeout or STEP), self.name, None)
        if not callable(made):
            raise ProxyrankError(f"{where}: the file has no function {self.name!r}")
        found: Callable[..., Any] = made
        return found

    def __call__(self, **values: Any) -> Any:
        """What the function makes of its arguments; one that ends the process counts as a failure."""
        function = self.function()
        try:
            with user_code(self.timeout or STEP, f"building by {self.text}"):
                return picking(function(**values), self.logits)
        except SystemExit as error:
            raise RuntimeError(f"{self.text} ended with SystemExit({error.code!r})") from None
