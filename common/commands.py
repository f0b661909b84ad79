"""The command lines that made what a folder holds, as the folder states them.

A command line is stated without ``--out`` and whatever changes no result, so that the same command has the
same bytes wherever it writes.
"""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from proxyrank.common.files import atomic_path

COMMANDS = "commands.txt"


def read_commands(folder: str | Path) -> list[str]:
    """The command lines that wrote into a folder, in the order of their first run; none if unstated."""
    file = Path(folder) / COMMANDS
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def add_command(folder: str | Path, command: str | None) -> None:
    """State that a command line wrote into a folder; one that cannot be repeated (None) is not stated.

    Raises
    ------
    ProxyrankError
        If the folder does not exist.
    """
    known = read_commands(folder)
    if command is None or command in known:
        return
    with atomic_path(Path(folder) / COMMANDS) as path:
        path.write_text("".join(f"{line}\n" for line in (*known, command)), encoding="utf-8")


def with_out(commands: Iterable[str], folder: str | Path) -> list[str]:
    """Command lines such that they write into that folder."""
    return [f"{command} --out {shlex.quote(str(folder))}" for command in commands]


def last_with_out(commands: Sequence[str], folder: str | Path) -> list[str]:
    """A chain of command lines, all but the last of which say where they write: the last does so too."""
    return [*commands[:-1], *with_out(commands[-1:], folder)]
