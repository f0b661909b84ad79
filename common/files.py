"""Files and folders that are either wholly there or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError


def require_parent(target: str | Path, option: str = "") -> None:
    """Refuse a path that nothing can be written to, because its folder is not there.

    Parameters
    ----------
    target
        File or folder that shall be written.
    option
        Command line option that named it, for messages.

    Raises
    ------
    ProxyrankError
        If the folder of ``target`` does not exist.
    """
    parent = Path(target).absolute().parent
    if not parent.is_dir():
        what = f"{option} {target}" if option else f"cannot write {target}"
        raise ProxyrankError(f"{what}: the folder {parent} does not exist")


@contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """Yield a temporary file name beside ``target``, renamed onto it when the block ends well.

    Where ``target`` is a link, what it points to is replaced.

    Raises
    ------
    ProxyrankError
        If the folder of ``target`` does not exist.
    OSError
        If it cannot be written to; the error names ``target``.
    """
    require_parent(target)
    target = _behind_link(Path(target))
    with _naming(target):
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(target: str | Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``target``, put in its place when the block ends well.

    A folder cannot be renamed onto one that is not empty, so an old one is set aside first; between the two
    renames the target is absent, never half-written. Where ``target`` is a link, what it points to is
    replaced.

    Raises
    ------
    ProxyrankError
        If the parent folder does not exist or ``target`` is a file.
    OSError
        If it cannot be written to; the error names ``target``.
    """
    require_parent(target)
    target = _behind_link(Path(target))
    if target.exists() and not target.is_dir():
        raise ProxyrankError(f"cannot write the folder {target}: a file of that name exists")
    with _naming(target):
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        old = temporary.with_name(temporary.name + ".old")
        try:
            yield temporary
            temporary.chmod(0o755)
            if target.exists():
                target.rename(old)
            temporary.rename(target)
        finally:
            with suppress(OSError):
                if old.exists() and not target.exists():
                    old.rename(target)
            shutil.rmtree(temporary, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


def _behind_link(path: Path) -> Path:
    return Path(os.path.realpath(path)) if path.is_symlink() else path


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Let errors of the system name ``target``, which a person knows, not the temporary file beside it."""
    try:
        yield
    except OSError as error:
        if error.filename is not None and f".{target.name}." not in str(error.filename):
            raise
        raise OSError(error.errno, error.strerror or str(error), str(target)) from error


def dump_json(value: Any) -> str:
    """Text of ``value`` as strict JSON (no NaN, no Infinity), indented, keys in the given order."""
    return json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def write_json(value: Any, path: str | Path) -> None:
    """Write `dump_json` of a value; the file appears whole or not at all.

    Raises
    ------
    ProxyrankError
        If the folder does not exist.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(dump_json(value), encoding="utf-8", newline="\n")


def read_json(path: str | Path, *, error: type[ProxyrankError] = ProxyrankError) -> Any:
    """Parse a JSON file.

    Raises
    ------
    ProxyrankError
        (or ``error``) If the file is missing or is not JSON; the message names the line.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error(f"{path}: no such file") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as invalid:
        raise error(f"{path}: not a JSON file ({invalid})") from None
