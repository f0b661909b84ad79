"""NATS-Bench's own files through a stand-in for its package."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from proxyrank.common.errors import MissingDependencyError, TableError
from proxyrank.evaluate import load_nats
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
ARCHS = SPACE.sample(3, seed=0)


class _Api:
    def __len__(self) -> int:
        return len(ARCHS)

    def arch(self, index: int) -> str:
        return ARCHS[index]

    def get_more_info(
        self, index: int, dataset: str, iepoch: int | None = None, hp: str = "12", is_random: bool = True
    ) -> dict[str, float]:
        assert not is_random
        return {"test-accuracy": 90.0 + index if hp == "200" else 50.0 + index, "test-loss": 1.0 + index}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    seen: list[tuple[Any, ...]] = []
    module = ModuleType("nats_bench")

    def create(path: str, space: str, fast_mode: bool = False, verbose: bool = True) -> _Api:
        seen.append((path, space, fast_mode, verbose))
        return _Api()

    module.create = create  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nats_bench", module)
    return seen


def test_labels_of_an_archive(tmp_path: Path, calls: list[tuple[Any, ...]]) -> None:
    labels = load_nats(tmp_path, "cifar10", space=SPACE)
    assert calls == [(str(tmp_path), "tss", True, False)]
    assert labels.values.to_dict() == {ARCHS[i]: 90.0 + i for i in range(3)}
    assert labels.name == "cifar10"
    assert "test-accuracy after 200 epochs" in labels.path
    assert labels.direction == "max"
    file = tmp_path / "NATS.pickle.pbz2"
    file.touch()
    labels = load_nats(file, "cifar10", space=SPACE, metric="test-loss", epochs="12")
    assert calls[1][2] is False
    assert labels.direction == "min"
    assert load_nats(file, "cifar10", space=SPACE, epochs="12").values[ARCHS[0]] == 50


@pytest.mark.usefixtures("calls")
def test_what_the_archive_lacks(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no valid-accuracy for cifar10; there are test-accuracy, test-loss"):
        load_nats(tmp_path, "cifar10", space=SPACE, metric="valid-accuracy")
    with pytest.raises(TableError, match="unknown dataset 'mnist'; known: cifar10, cifar10-valid"):
        load_nats(tmp_path, "mnist", space=SPACE)
    with pytest.raises(TableError, match="unknown epochs '90'"):
        load_nats(tmp_path, "cifar10", space=SPACE, epochs="90")
    with pytest.raises(TableError, match=r"no such file or folder \(from --labels\)"):
        load_nats(tmp_path / "none", "cifar10", space=SPACE)


def test_missing_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nats_bench", None)
    with pytest.raises(MissingDependencyError, match=r"pip install proxyrank\[nats\]"):
        load_nats(tmp_path, "cifar10", space=SPACE)
