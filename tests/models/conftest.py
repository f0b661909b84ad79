"""Small problems with a clear signal, and cells with features of a user's own."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.features import FeatureTable, GroupInfo, Sidecar
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.testing.rankers import ranking_problem

Problem = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="session")
def problem() -> Callable[..., Problem]:
    """``problem(n, d, seed)``: features [n, d] and accuracies in percent that rise with the first column."""
    return ranking_problem


@pytest.fixture(scope="session")
def cells() -> list[str]:
    """Sixty cells without dead operations."""
    return get_space("nb201").sample(60, seed=0, population="filtered")


@pytest.fixture(scope="session")
def user_table(cells: list[str]) -> Callable[..., FeatureTable]:
    """``user_table(columns)``: a user's table of all cells; the first column is the number of 3x3 convs."""

    def make(columns: list[str] | None = None) -> FeatureTable:
        names = columns or ["naswot", "synflow", "flops"]
        rng = derive_rng("tests/models/user", len(names))
        frame = pd.DataFrame(rng.normal(size=(len(cells), len(names))), index=cells, columns=names)
        frame.iloc[:, 0] = [float(cell.count("nor_conv_3x3")) for cell in cells]
        frame.index.name = "arch"
        info = GroupInfo.of(names, source="mine.csv")
        return FeatureTable(frame, Sidecar(space="nb201", groups={"user": info}))

    return make


@pytest.fixture(scope="session")
def labels(cells: list[str]) -> np.ndarray:
    """Accuracy in percent of each cell: convs help, a seeded noise distinguishes the rest."""
    noise = derive_rng("tests/models/labels").normal(size=len(cells))
    return (
        np.array([50.0 + 6 * cell.count("conv_3x3") + 3 * cell.count("conv_1x1") for cell in cells]) + noise
    )


@pytest.fixture(scope="session")
def fitted(cells: list[str], labels: np.ndarray) -> ProxyRanker:
    """A small ranker of forty of the cells."""
    ranker = ProxyRanker("graf,paths", params={"n_estimators": 60})
    return ranker.fit(cells[:40], labels[:40], label="cifar10", label_path="acc.csv")
