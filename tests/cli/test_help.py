"""What the command line says of itself: complete, within 80 columns, and the same everywhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from proxyrank.cli.app import app

ROOT = Path(__file__).parents[2]


def commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for own, inner in command.commands.items():
        yield from commands(inner, f"{name} {own}".strip())


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_80_columns_and_loses_nothing(run, name: str) -> None:
    result = run(*name.split(), "--help")
    assert result.code == 0
    *lines, example = result.out.rstrip().splitlines()
    assert example.strip().startswith(f"Example: proxyrank {name}")  # whole, to be copied
    assert max(map(len, lines)) <= 80
    words = " ".join(result.out.split())
    for parameter in COMMANDS[name].params:
        assert parameter.help, f"{name} {parameter.opts}"
        # words broken at a hyphen are joined again; blanks do not count
        assert re.sub(r"\s", "", parameter.help) in re.sub(r"\s", "", words), parameter.opts


def test_extras_are_named(run) -> None:
    for name, command in COMMANDS.items():
        if any("--labels" in parameter.opts for parameter in command.params) and name != "suggest":
            named = "proxyrank[nats]" in run(*name.split(), "--help").out
            assert named or name == "reproduce", name
    assert "proxyrank[ray]" in run("features", "--help").out


def test_the_list_of_commands_is_not_cut(run) -> None:
    text = run("--help").out
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.partition("Commands:")[2]


DIFFERENT = {
    "--objective": "of a study, of a search",
    "--population": "part of a space, or size of what evolves",
    "--batch-size": "train takes what is shipped",
    "--dataset": "a ranker or a label may say it",
    "--groups": "what is computed is not what is trained on",
    "--labels": "suggest works without, reproduce has its file",
    "--model": "simulate plays the ensemble, train chooses by the groups",
    "--input": "that of the shipped features is preferred",
    "--out": "its help says what is written",
    "--repeats": "of folds, of seeds",
    "--seeds": "runs, splits, trainings",
    "--sizes": "compare has some of its own, transfer those that are named",
    "--space": "a ranker knows its own",
    "--strategy": "one, or several to compare",
    "--top": "all, or the best 20",
    "--cells": "trained, or computed",
    "--workers": "trials of a study depend on timing, so one is its default",
}
"""Options of one name with several defaults, and why."""


def test_the_same_thing_has_one_default() -> None:
    defaults: dict[str, set[object]] = {}
    for command in COMMANDS.values():
        for parameter in command.params:
            defaults.setdefault(parameter.opts[0], set()).add(parameter.default)
    several = {name for name, found in defaults.items() if name.startswith("--") and len(found) > 1}
    assert several <= set(DIFFERENT)


def test_completion(run_process) -> None:
    named = "import os; os.environ['_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION'] = '1'"
    assert "COMP_WORDS" in run_process("--show-completion", "bash", setup=named).out
    completing = (
        "import os; os.environ.update(_PROXYRANK_COMPLETE='complete_bash', COMP_WORDS='proxyrank expl', "
        "COMP_CWORD='1')"
    )
    assert run_process(setup=f"{completing}; sys.argv[0] = 'proxyrank'").out.split() == ["explain"]


def test_as_a_module() -> None:
    for module in ("proxyrank", "proxyrank.cli"):
        done = subprocess.run(
            [sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith("proxyrank ")


def test_make_help_lists_the_targets() -> None:
    """Also below another make, whose flags would have this one print the folders it enters."""
    command = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert targets
    assert [line.split()[1] for line in shown.splitlines()] == targets.group(1).split()


def test_proxies_and_info_fit_80_columns(run, ranker: Path) -> None:
    for name in ("proxies", "info"):
        arguments = (name, *((ranker,) if name == "info" else ()))
        text = run(*arguments).out
        assert max(map(len, text.splitlines())) <= 80
        words = re.sub(r"\s", "", text)
        for fact in run(*arguments, "--json").json if name == "proxies" else ():
            for key in ("name", "meaning", "paper"):
                assert re.sub(r"\s", "", fact[key]) in words
    card = run("info", ranker, "--json").json
    assert card["train_archs_sha256"] in words
    assert "paths(83columns,version1,nosettings)" in words


def test_an_option_of_one_value_is_given_once(run: Any) -> None:
    cell = "(2, 2, 2, 2, 2, 2)"
    found = run("score", cell, "--proxies", "params", "--seed", 1, "--seed=2")
    assert (found.code, found.err) == (2, "proxyrank: --seed was given 2 times, and takes one value\n")
    assert run("score", cell, "--proxies", "params", "--json", "--json").code == 0  # says the same twice
    assert run("digits", "build", "--out", "a", "--out", "b").code == 2
