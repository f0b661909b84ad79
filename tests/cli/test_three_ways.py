"""The three ways to rank networks of your own, as the README shows them."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _commands() -> list[list[str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    part = text[text.index("The three ways on `smallnets`") : text.index("KT on the other 372")]
    lines = re.sub(r"\\\n\s*", "", part).splitlines()
    return [shlex.split(line[2:]) for line in lines if line.startswith("$ ")]


def test_rankers_train_as_shown(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("train", "spaces"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    data, *others = _commands()
    assert data[:2] == ["python", "-c"]
    exec(data[2], {})
    trained = [words[1:] for words in others if words[1] == "train"]
    judged = [words[2] for words in others if words[1] == "evaluate"]
    assert [words[-1] for words in trained] == judged == ["by-table", "by-builder", "by-space"]
    for words in trained:
        done = run(*words, "--no-intervals")
        assert done.code == 0, done.err
        assert (Path(words[-1]) / "ranker.json").is_file()
