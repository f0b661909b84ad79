"""A space of 40 lines outside the package: the shipped contract, and the commands from labels to ranks."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from proxyrank.cli.app import app
from proxyrank.common.digests import digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.features import compute_features
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.testing.spaces import SpaceContract

FILE = Path(__file__).with_name("mynets.py")


class TestContract(SpaceContract):
    space = get_space(f"{FILE}:SPACE")
    spellings = (("b0.s1.p0", " b0.s1.p0 "),)
    bad = ("", "b0.s1", "b0.s2.p0", "x0.s1.p0", "b0.s1.p0.p0")


class Bare:
    """The least that is ranked: a name, a parser, a graph."""

    name = "bare"

    def __init__(self) -> None:
        known = get_space(f"{FILE}:SPACE")
        self.parse, self.graph = known.parse, known.graph


def _run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accuracies that grow with convolutions, most of all with 5x5 ones."""
    folder = tmp_path_factory.mktemp("own")
    archs = get_space(f"{FILE}:SPACE").sample(60, seed=3)
    noise = np.random.default_rng(0).normal(0, 0.3, len(archs))
    scores = [60 + 6 * arch.count("b") + 4 * arch.count("s") for arch in archs]
    pd.DataFrame({"arch": archs, "acc": np.array(scores) + noise}).to_csv(folder / "acc.csv", index=False)
    return folder / "acc.csv"


@pytest.fixture(scope="module")
def trained(labels: Path) -> Path:
    """A ranker trained from a copy of the file, as a user would have it."""
    own = shutil.copy(FILE, labels.with_name("mynets.py"))
    out = labels.with_name("R")
    _run(
        *("train", "--space", f"{own}:SPACE", "--labels", str(labels), "--groups", "paths,cell,flow,graf"),
        *("--model", "lightgbm", "--train-size", "40", "--no-intervals", "--out", str(out)),
    )
    return out


def test_the_ranker_orders_what_it_has_not_seen(trained: Path) -> None:
    text = f"{trained.with_name('mynets.py')}:SPACE"
    ranks = json.loads(_run("rank", str(trained), "--space", text, "--unseen", "--json"))
    assert len(ranks) == 384 - 40
    best, worst = ranks[:50], ranks[-50:]
    convs = [np.mean([sum(map(row["arch"].count, "bs")) for row in part]) for part in (best, worst)]
    assert convs[0] > convs[1] + 1
    found = json.loads(_run("info", str(trained), "--space", text, "--json"))
    assert found["space"] == "mynets"
    assert "path_seq_conv3x3>conv5x5" in found["feature_names"]
    report = json.loads(
        _run(
            "evaluate", str(trained), "--space", text, "--labels", str(trained.with_name("acc.csv")), "--json"
        )
    )
    assert report["n"] == 20


def test_a_ranker_of_a_file_asks_for_the_file(trained: Path) -> None:
    for words in (["rank", str(trained), "--unseen"], ["info", str(trained)]):
        with pytest.raises(
            ProxyrankError, match="search space mynets, which is not installed.*--space FILE.py:NAME"
        ):
            _run(*words)
    with pytest.raises(ProxyrankError, match="of the search space mynets, not of nb201"):
        ProxyRanker.load(trained, space="nb201")


def test_the_file_is_stated_and_a_change_is_said_in_one_line(
    trained: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = Path(shutil.copy(FILE, tmp_path / "mynets.py"))
    before = digest(own.read_bytes())
    assert ProxyRanker.load(trained, space=f"{own}:SPACE").card.code == {
        "file": "mynets.py:SPACE",
        "sha256": before,
    }
    assert not caplog.messages
    own.write_text(own.read_text() + "\n# the same options, another file\n")
    ProxyRanker.load(trained, space=f"{own}:SPACE")
    after = digest(own.read_bytes())
    line = f"made with mynets.py:SPACE of SHA-256 {before[:12]}, now mynets.py:SPACE is {after[:12]}"
    assert caplog.messages == [f"{trained}: {line}"]
    space = get_space(f"{own}:SPACE")
    table = compute_features(space, space.sample(2, seed=0), ["paths"], cache=False)
    assert table.sidecar.code == {"file": "mynets.py:SPACE", "sha256": after}


def test_opening_a_folder_runs_nothing_that_it_names(trained: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(trained, tmp_path / "R")
    evil = tmp_path / "evil.py"
    evil.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nSPACE = None\n")
    card = json.loads((folder / "ranker.json").read_text())
    (folder / "ranker.json").write_text(json.dumps(card | {"space": f"{evil}:SPACE"}))
    with pytest.raises(ProxyrankError, match="not installed"):
        ProxyRanker.load(folder)
    assert not (tmp_path / "ran").exists()


def test_values_of_a_space_of_unknown_origin_are_not_cached() -> None:
    arch, one, other = "b0.b1.b2", Bare(), Bare()
    other.graph = lambda text: one.graph("i0.i0.i0")  # another space of the same name
    before, after = (compute_features(space, [arch], ["paths"]).frame for space in (one, other))
    assert before["path_skip_only"].item() == 0
    assert after["path_skip_only"].item() == 3


def test_name_parser_and_graph_suffice(labels: Path) -> None:
    table, space = pd.read_csv(labels), Bare()
    ranker = ProxyRanker(("paths", "graf"), "lightgbm", space).fit(table["arch"], table["acc"])
    assert ranker.card.space == "bare"
    assert len(ranker.rank(table["arch"])) == len(table)
    with pytest.raises(
        ProxyrankError,
        match="the feature group vkdnw needs the network of an architecture; the search space bare has none",
    ):
        compute_features(space, list(table["arch"]), ["vkdnw"])
