"""A space with a name, parse and a graph, and nothing else, is split, studied, carried over, searched."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import Labels, make_labels
from proxyrank.search.candidates import default_population, make_candidates
from proxyrank.search.simulate import run_simulation
from proxyrank.search.simulation import Simulation
from proxyrank.search.suggest import suggest_next
from proxyrank.spaces import get_space
from proxyrank.train.adapt import TransferPlan, fit_transfer
from proxyrank.train.fit import FitPlan, fit_ranker
from proxyrank.train.splits import split_train
from proxyrank.train.tuned import fit_tuned

SPACE_FILE = '''
"""Four operations in a row: c is a convolution, p a pool, s a skip."""

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces.graph import Edge, Operation, OpGraph

OPS = {"c": Operation("conv", 3), "p": Operation("pool", 3), "s": Operation("skip")}


class Rows:
    name = "rows"

    def parse(self, text):
        if not (isinstance(text, str) and len(text) == 4 and set(text) <= set(OPS)):
            raise ArchitectureError(f"no row of four operations: {text!r}")
        return text

    def graph(self, arch):
        return OpGraph.on_edges(5, [Edge(i, i + 1, OPS[op]) for i, op in enumerate(arch)])


ROWS = Rows()
'''
ARCHS = ["".join(ops) for ops in itertools.product("cps", repeat=4)]


@pytest.fixture
def space(tmp_path: Path):
    file = tmp_path / "rows.py"
    file.write_text(SPACE_FILE)
    return get_space(f"{file}:ROWS")


def labelled(pool: float) -> Labels:
    rng = derive_rng("tests/search/bare")
    values = [60 + 7 * a.count("c") - pool * a.count("p") + rng.normal() for a in ARCHS]
    return make_labels(ARCHS, np.array(values), name="acc")


def test_every_architecture_is_a_class_of_its_own(space) -> None:
    grouped = split_train(space, ARCHS, kind="grouped", train_size=20, seed=1)
    assert len(grouped) == 20
    assert make_candidates(space, archs=ARCHS).archs == tuple(ARCHS)
    assert default_population(space) == "all"


def test_training_tuning_and_transfer(space) -> None:
    few = {"n_estimators": 20}
    plan = FitPlan(("flow",), model="lightgbm", split="grouped", train_size=40, params=few)
    labels = labelled(2.0)
    source = fit_ranker(space, labels, plan)
    tuned = fit_tuned(space, labels, plan, 2)
    other = labelled(9.0)
    found = fit_transfer(source, other, TransferPlan(train_size=16))
    for ranker, known in ((source, labels), (tuned, labels), (found, other)):
        scores = ranker.rank(ARCHS).set_index("arch")["score"]
        assert scores.corr(known.values.loc[scores.index], method="kendall") > 0.5


def test_suggestions_come_from_a_list(space, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with pytest.raises(ProxyrankError, match="the search space rows has none"):
        suggest_next(space, state, count=3)
    assert not state.exists()
    first = suggest_next(space, state, count=3, archs=ARCHS)
    assert len(first.archs) == 3
    labels = labelled(2.0).subset(first.archs)
    second = suggest_next(space, state, count=3, archs=ARCHS, labels=labels)
    assert second.fresh
    assert not set(second.archs) & set(first.archs)
    with pytest.raises(ArchitectureError):
        space.parse("cxcc")


def test_simulation_plays_on_the_labelled(space, tmp_path: Path) -> None:
    plan = Simulation(checkpoints=(8, 12), seeds=(0,), groups=("flow",), model="lightgbm")

    def here(function, arguments):
        yield from ((i, function(argument)) for i, argument in enumerate(arguments))

    rows = run_simulation(space, labelled(2.0), plan, tmp_path / "sim", executor=here)
    assert rows["trained"].tolist() == [8, 12, 8, 12]
