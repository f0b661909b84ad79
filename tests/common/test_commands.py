"""What a folder says of the commands that made it."""

from pathlib import Path

import pytest

from proxyrank.cli.arguments import repeatable
from proxyrank.common.commands import add_command, last_with_out, read_commands, with_out
from proxyrank.common.errors import ProxyrankError


def test_each_command_is_stated_once_in_the_order_of_its_first_run(tmp_path: Path) -> None:
    assert read_commands(tmp_path) == []
    for command in ("proxyrank b", "proxyrank a", None, "proxyrank b"):
        add_command(tmp_path, command)
    assert read_commands(tmp_path) == ["proxyrank b", "proxyrank a"]
    with pytest.raises(ProxyrankError):
        add_command(tmp_path / "none", "proxyrank a")


def test_they_say_where_they_write() -> None:
    assert with_out(["proxyrank a", "proxyrank b"], "x y") == [
        "proxyrank a --out 'x y'",
        "proxyrank b --out 'x y'",
    ]
    assert last_with_out(["proxyrank a --out s", "proxyrank b"], "r") == [
        "proxyrank a --out s",
        "proxyrank b --out r",
    ]
    assert last_with_out([], "r") == []


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        (
            ("train", "--labels", "a b.csv", "--out", "R", "--seed", "1"),
            "proxyrank train --labels 'a b.csv' --seed 1",
        ),
        (("train", "--json", "--labels", "a.csv", "--out=R"), "proxyrank train --labels a.csv"),
        (("compare", "--workers", "2", "--labels=a.csv", "--threads=2"), "proxyrank compare --labels=a.csv"),
        (("train", "--labels", "-", "--out", "R"), None),
        (("train", "--labels=/dev/stdin", "--out", "R"), None),
    ],
)
def test_what_is_repeated(words: tuple[str, ...], stated: str | None) -> None:
    assert repeatable(words) == stated
