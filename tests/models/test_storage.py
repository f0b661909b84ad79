"""Models on disk: same fit, same bytes; nothing pickled; damage is told in one line."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import MODELS, ForestRanker, LightGBMRanker, load_model, save_model

ESTIMATORS = [
    LightGBMRanker(n_estimators=50),
    LightGBMRanker("quantile-normal", n_estimators=50, direction="min"),
    LightGBMRanker(objective="lambdarank", n_estimators=50),
    ForestRanker(n_estimators=30),
    ForestRanker(n_estimators=30, direction="min", random_state=None),
]
EVERY = pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@EVERY
def test_round_trip(estimator: Any, problem: Callable[..., Any], tmp_path: Path) -> None:
    X, y = problem(80, 5)
    X[::7, 1] = np.nan
    fitted = clone(estimator).fit(X, y)
    save_model(fitted, tmp_path)
    loaded: Any = load_model(tmp_path)
    assert type(loaded) is type(estimator)
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))
    np.testing.assert_array_equal(loaded.rank_score(X), fitted.rank_score(X))
    np.testing.assert_array_equal(loaded.feature_importances_, fitted.feature_importances_)
    assert loaded.get_params() == {**fitted.get_params(), "random_state": fitted.seed_}
    # a loaded model can be saved again, and refuses rows of another width
    (tmp_path / "again").mkdir()
    save_model(loaded, tmp_path / "again")
    assert _files(tmp_path / "again") == _files(tmp_path)
    with pytest.raises(ValueError, match="features"):
        loaded.predict(X[:, :4])


@pytest.mark.parametrize("estimator", [e for e in ESTIMATORS if e.random_state is not None], ids=repr)
def test_same_fit_same_bytes(estimator: Any, problem: Callable[..., Any], tmp_path: Path) -> None:
    X, y = problem(60, 5)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save_model(clone(estimator).fit(X, y), tmp_path / name)
    assert _files(tmp_path / "a") == _files(tmp_path / "b")


@EVERY
def test_nothing_is_pickled(estimator: Any, problem: Callable[..., Any], tmp_path: Path) -> None:
    save_model(clone(estimator).fit(*problem(30, 3)), tmp_path)
    for name, data in _files(tmp_path).items():
        assert not data.startswith(b"\x80"), name
        if name.endswith(".npz"):
            with zipfile.ZipFile(tmp_path / name) as archive:
                headers = [archive.read(member)[:128] for member in archive.namelist()]
            assert not any(b"'|O'" in header for header in headers)
        else:
            data.decode("utf-8")


@EVERY
def test_damage_is_told_in_one_line(estimator: Any, problem: Callable[..., Any], tmp_path: Path) -> None:
    save_model(clone(estimator).fit(*problem(30, 3)), tmp_path)
    state = json.loads((tmp_path / "model.json").read_text())
    file = tmp_path / next(iter(state["files"]))
    content = file.read_bytes()

    def refused(message: str) -> None:
        with pytest.raises(ProxyrankError, match=message) as caught:
            load_model(tmp_path)
        assert "\n" not in str(caught.value)

    file.write_bytes(content[: len(content) // 2])
    refused(f"{file.name}: damaged")
    file.unlink()
    refused(f"{file.name}: no such file")
    file.write_bytes(content)
    for change, message in (
        ({"format": "proxyrank-model/9"}, "expected the format proxyrank-model/2, found 'proxyrank-model/9'"),
        ({"model": "catboost"}, "unknown model 'catboost'"),
        ({"state": {}}, "damaged"),
        ({"state": {**state["state"], "params": {"speed": 3}}}, "damaged"),
        ({"files": {}}, "damaged"),
        ({"files": 3}, "damaged"),
    ):
        (tmp_path / "model.json").write_text(json.dumps({**state, **change}))
        refused(message)
    (tmp_path / "model.json").write_text("[1]")
    refused("damaged, expected format, model, files and state")
    (tmp_path / "model.json").write_text("{")
    refused("not a JSON file")
    (tmp_path / "model.json").unlink()
    refused("no such file")


def test_only_known_rankers_are_written(tmp_path: Path) -> None:
    class Other(LightGBMRanker):
        pass

    with pytest.raises(ProxyrankError, match="Other is not one of the known rankers: lightgbm, gp, "):
        save_model(Other(), tmp_path)
    assert {name: info.load_class().__name__ for name, info in MODELS.items()} == {
        "lightgbm": "LightGBMRanker",
        "gp": "GaussianProcessRanker",
        "ensemble": "EnsembleRanker",
        "auto": "AutoRanker",
        "transfer": "TransferRanker",
        "also": "AlsoRanker",
        "committee": "CommitteeRanker",
        "forest": "ForestRanker",
    }
