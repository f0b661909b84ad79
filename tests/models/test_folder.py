"""Ranker folders: round trips, equal bytes, damage told in one line."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import ProxyRanker, SplitCard


@pytest.mark.parametrize("model", ["lightgbm", "forest"])
def test_folder_round_trip_and_same_bytes(
    model: str, cells: list[str], labels: np.ndarray, tmp_path: Path
) -> None:
    split = SplitCard(kind="published", train_size=40, seed=3, population="filtered")
    for name in ("a", "b"):
        ranker = ProxyRanker("paths,cell", model, params={"n_estimators": 60}, random_state=3)
        ranker.fit(cells[:40], labels[:40], label="cifar10", label_path="acc.csv", split=split)
        ranker.save(tmp_path / name)
        ranker.save(tmp_path / name)  # an old ranker is replaced
    files = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    loaded = ProxyRanker.load(tmp_path / "a", n_jobs=2)
    assert loaded.card == ranker.card
    assert loaded.train_archs == tuple(sorted(cells[:40]))
    assert loaded.card.split == split
    assert (loaded.card.label.name, loaded.card.label.path) == ("cifar10", "acc.csv")
    assert set(loaded.card.libraries) == {"python", "numpy", "pandas", "scipy", "scikit-learn", "lightgbm"}
    pd.testing.assert_frame_equal(loaded.rank(cells), ranker.rank(cells))
    refitted = ProxyRanker(
        loaded.groups, loaded.model, params=loaded.params, random_state=loaded.random_state
    ).fit(cells[:40], labels[:40])
    np.testing.assert_array_equal(refitted.predict(cells), ranker.predict(cells))
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a", tmp_path / "b"]


def test_damaged_folders_are_told_in_one_line(fitted: ProxyRanker, tmp_path: Path) -> None:
    folder = tmp_path / "R"
    fitted.save(folder)
    card = json.loads((folder / "ranker.json").read_text())

    def refused(message: str) -> None:
        with pytest.raises(ProxyrankError, match=message) as caught:
            ProxyRanker.load(folder)
        assert "\n" not in str(caught.value)

    for change, message in (
        (
            {"format": "proxyrank-ranker/9"},
            "expected the format proxyrank-ranker/2 or proxyrank-ranker/1, found 'proxyrank-ranker/9'",
        ),
        ({"space": "nb301"}, "of the search space nb301, which is not installed"),
        ({"n_train": "many"}, r"ranker.json: damaged \(n_train: "),
        ({"feature_names": ["a"]}, "names 1 features, the model beside it has"),
        ({"train_archs_sha256": "0"}, "train_archs.txt: damaged"),
    ):
        (folder / "ranker.json").write_text(json.dumps({**card, **change}))
        refused(message)
    (folder / "ranker.json").write_text(json.dumps(card))
    text = (folder / "model.txt").read_text()
    (folder / "model.txt").write_text(re.sub(r"num_leaves=\d+", "num_leaves=99", text, count=1))
    refused("model.txt: damaged")
    (folder / "model.txt").unlink()
    refused("model.txt: no such file")
    (folder / "ranker.json").unlink()
    refused("not a ranker folder, it has no ranker.json")
    with pytest.raises(ProxyrankError, match="not a ranker folder"):
        ProxyRanker.load(tmp_path / "nothing")


def test_a_folder_of_something_else_is_left_alone(fitted: ProxyRanker, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ProxyrankError, match="not empty and not a ranker folder"):
        fitted.save(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    (tmp_path / "empty").mkdir()
    fitted.save(tmp_path / "empty")
    assert ProxyRanker.load(tmp_path / "empty").card == fitted.card
