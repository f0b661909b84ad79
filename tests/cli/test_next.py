"""Every ``next:`` line works as it is printed."""

import json
import shlex
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.spaces import get_space

SPACE = get_space("nb201")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose name must be quoted."""
    path = tmp_path / "my work"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def steps(text: str) -> list[list[str]]:
    return [
        shlex.split(line.removeprefix("next: proxyrank "))
        for line in text.splitlines()
        if line.startswith("next:")
    ]


def works(run, text: str, *, contains: str) -> None:
    found = steps(text)
    assert len(found) >= 1
    assert contains in " ".join(found[0])
    for words in found:
        done = run(*words)
        assert done.code == 0, (words, done.err)
        assert done.out


def test_after_train_and_transfer(run, labels_csv: Path, folder: Path) -> None:
    trained = run("train", "--labels", labels_csv, "--groups", "cell", "--out", folder / "a ranker")
    works(run, trained.out, contains="--unseen")
    moved = run(
        "transfer", folder / "a ranker", "--labels", labels_csv, "--train-size", 20, "--out", folder / "moved"
    )
    works(run, moved.out, contains="--unseen")
    made = json.loads((folder / "moved" / "ranker.json").read_text())["commands"]
    source, labels = str(folder / "a ranker"), str(labels_csv)
    assert [shlex.split(command)[1:] for command in made] == [
        ["train", "--labels", labels, "--groups", "cell", "--out", source],
        ["transfer", source, "--labels", labels, "--train-size", "20"],
    ]


def test_after_training_on_a_table_of_ones_own(run, labels_csv: Path, folder: Path) -> None:
    archs = pd.read_csv(labels_csv)["arch"]
    pd.DataFrame({"arch": archs, "x": range(120), "y": 1.5}).to_csv(folder / "own.csv", index=False)
    trained = run("train", "--labels", labels_csv, "--features", "own.csv", "--out", "r")
    works(run, trained.out, contains="--features own.csv")


def test_after_training_on_all_there_is(run, labels_csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archs = sorted(pd.read_csv(labels_csv)["arch"])
    monkeypatch.setattr(type(SPACE), "archs", lambda space, population="all": archs)
    trained = run("train", "--labels", labels_csv, "--groups", "cell", "--model", "forest", "--out", "r")
    works(run, trained.out, contains=f"--archs {labels_csv}")


def test_after_study(run, labels_csv: Path) -> None:
    studied = run("study", "--labels", labels_csv, "--groups", "cell", "--trials", 1, "--out", "a study")
    assert studied.code == 0, studied.err
    works(run, studied.out, contains="--study a study")


def test_after_demo(run, monkeypatch: pytest.MonkeyPatch, ranker: Path) -> None:
    """The command's text, without the minute that its models take."""
    from proxyrank.evaluate import evaluate_scores
    from proxyrank.train.demo import DemoResult

    report = evaluate_scores(*(pd.Series(range(40), index=map(str, range(40))) for _ in range(2)))
    ranks = pd.DataFrame({"rank": [1], "arch": ["x"], "predicted": [1.0]})
    best = {"KT": 1.0, "SPR": 1.0, "nDCG": None}
    result = DemoResult({"a": report}, best, ranks, 60, ranker, ranker / "ranking.png")
    monkeypatch.setattr("proxyrank.train.demo.run_demo", lambda out, **options: result)
    shown = run("demo", "--out", "d")
    assert shown.code == 0, shown.err
    assert len(steps(shown.out)) == 2
    works(run, shown.out, contains="--unseen")


def test_there_is_one_way_to_print_them() -> None:
    import proxyrank.cli

    sources = [path.read_text() for path in Path(proxyrank.cli.__file__).parent.glob("*.py")]
    assert sum(text.count('"next: ') for text in sources) == 1
