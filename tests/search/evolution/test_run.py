"""A search goes on where it was killed, keeps to its limits and never scores a network twice."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import standing
from proxyrank.common.seeds import derive_rng
from proxyrank.features.settings import FeatureSettings
from proxyrank.search.evolution.folder import Outcome, search_in_folder
from proxyrank.search.evolution.measures import Measures
from proxyrank.search.evolution.plan import FIRST, SearchPlan
from proxyrank.search.evolution.scored import Scored
from proxyrank.search.evolution.state import SearchState, next_batch
from proxyrank.search.evolution.variation import changer
from proxyrank.spaces import ConfigSpace, equality_key, get_space
from proxyrank.spaces.mobilenetv2 import START

FUNCTION = """
import zlib
from proxyrank.common.errors import NotApplicableError
def score(arch):
    value = zlib.crc32(arch.encode()) / 2**32
    if value < .05:
        raise NotApplicableError("none here")
    if value > .97:
        raise LookupError("lost")
    return value
"""
OUTSIDE = {"mobilenetv2": 6e6, "nb201": 8e7, "nb101": 1e12}


@pytest.fixture
def function(tmp_path: Path) -> str:
    file = tmp_path / "mine.py"
    file.write_text(FUNCTION)
    return f"{file}:score"


def search(
    out: Path, objective: str, space: str = "mobilenetv2", *, workers: int = 1, **options: object
) -> Outcome:
    where = get_space(space)
    plan = {"iterations": 100, "population": 12, "batch": 5, "seed": 3, **options}
    with standing(workers) as executor:
        return search_in_folder(
            where,
            objective.split(","),
            out,
            measures=Measures(space, "cifar10"),
            settings=FeatureSettings(dataset="3x16x16:10", batch_size=8, seed=3),
            executor=executor,
            limits={"flops": OUTSIDE[space]},
            **plan,
        )


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.mark.parametrize("space", ["mobilenetv2", "nb201"])
def test_killed_anywhere_and_resumed_is_undisturbed(space: str, function: str, tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    found = search(whole, function, space)
    log = (whole / "batches.jsonl").read_bytes()
    assert found.counts["outside the limits"] > 0
    rng = derive_rng("kills", space)
    for at in (0, *rng.integers(1, len(log), size=3)):
        torn.mkdir(exist_ok=True)
        (torn / "search.json").write_bytes((whole / "search.json").read_bytes())
        (torn / "batches.jsonl").write_bytes(log[:at])
        search(torn, function, space)
        assert contents(torn) == contents(whole)
    assert search(whole, function, space).counts == found.counts  # nothing is done again
    assert (whole / "batches.jsonl").read_bytes() == log


def test_processes_change_nothing(function: str, tmp_path: Path) -> None:
    search(tmp_path / "one", f"{function},-flops", iterations=60)
    search(tmp_path / "two", f"{function},-flops", iterations=60, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("space", ["mobilenetv2", "nb201", "nb101"])
def test_within_limits_and_never_twice(space: str, function: str, tmp_path: Path) -> None:
    where = get_space(space)
    found = search(tmp_path / "s", function, space, iterations=60)
    history = found.found.history
    assert (history["flops"] <= OUTSIDE[space]).all()
    for arch, flops in zip(history["arch"], history["flops"], strict=True):
        assert where.sizes(arch, "cifar10").flops == flops
    keys = Counter(equality_key(where, arch) for arch in history["arch"])
    assert set(keys.values()) == {1}
    steps = found.counts
    assert steps["scored"] + steps["outside the limits"] + steps["known already"] == steps["steps"] == 60
    assert history["kept"].sum() == 12
    best = found.found.best["score"].to_numpy()
    assert (np.diff(best) <= 0).all()
    assert best[0] == history["score"].max() == 0.0  # log(n / n)
    assert history["status"].str.contains("value: ").any()
    assert history.loc[history["status"] != "", "score"].max() <= history["score"].median()


def test_the_score_is_the_order_of_the_function(function: str, tmp_path: Path) -> None:
    history = search(tmp_path / "s", function).found.history.dropna(subset="value")
    assert (history["value"].rank() == history["score"].rank()).all()
    saved = pd.read_csv(tmp_path / "s" / "history.csv")
    assert saved["arch"].isin(history["arch"]).sum() == len(history)


def test_steps_are_a_pure_function_of_the_state() -> None:
    plan = SearchPlan("mobilenetv2", ("x",), iterations=100, population=5, batch=4, start=START)
    space, state = get_space("mobilenetv2"), SearchState(("value",))
    tried: list[tuple[str, int]] = []

    def change(arch: str, rng: np.random.Generator, times: int) -> str:
        tried.append((arch, times))
        for _ in range(times):
            arch = space.mutate(arch, rng)
        return arch

    def batch():
        return next_batch(state, plan, change=change, key=str, admit=lambda arch: {})

    while len(state.children) < FIRST:
        first = batch()
        assert first == batch()
        state.absorb(first, [Scored({"value": 1.0})] * len(first.children), [c.arch for c in first.children])
    assert set(tried) == {(START, 1)} | ({one for one in tried if one[1] == 2})
    tried.clear()
    batch()
    assert {times for _, times in tried} == {2}  # two changes of members of the population
    assert {arch for arch, _ in tried} <= {child.arch for child in state.children}


def test_nobody_is_left_waiting_for_parents() -> None:
    """A batch ends once FIRST architectures are known and none of them is scored."""
    plan = SearchPlan("mobilenetv2", ("x",), iterations=1000, batch=64, start=START)
    space = get_space("mobilenetv2")
    found = next_batch(
        SearchState(("value",)),
        plan,
        change=lambda arch, rng, times: space.mutate(arch, rng),
        key=str,
        admit=lambda arch: {},
    )
    assert len(found.children) == FIRST


def test_a_start_of_few_neighbours_is_left() -> None:
    space = ConfigSpace({"a": range(6), "b": range(6)}, name="few")
    plan, state = (
        SearchPlan("few", ("x",), iterations=1000, batch=4, start="a=0,b=0"),
        SearchState(("value",)),
    )
    assert len(space.neighbours(plan.start)) < FIRST
    while state.step < plan.iterations:
        found = next_batch(state, plan, change=changer(space), key=str, admit=lambda arch: {})
        archs = [child.arch for child in found.children]
        state.absorb(found, [Scored({"value": 1.0})] * len(archs), archs)
    assert state.keys == set(space.archs())  # always two steps would keep to one colour of the chessboard


def test_more_iterations_go_on_and_other_plans_are_refused(function: str, tmp_path: Path) -> None:
    search(tmp_path / "s", function, iterations=50)
    longer = search(tmp_path / "s", function, iterations=90)
    assert longer.counts["steps"] == 90
    for change in ({"seed": 4}, {"population": 20}, {"iterations": 60}):
        with pytest.raises(ProxyrankError, match=f"begun with {next(iter(change))} = "):
            search(tmp_path / "s", function, **{"iterations": 90, **change})
    (tmp_path / "s" / "batches.jsonl").write_text('{"steps": 1}\n')
    with pytest.raises(ProxyrankError, match="line 1: not a batch"):
        search(tmp_path / "s", function, iterations=90)


def test_networks_are_scored(tmp_path: Path) -> None:
    found = search(tmp_path / "s", "vkdnw_search,vkdnw_single", iterations=3, population=2)
    history = found.found.history
    assert history["score vkdnw_search"].notna().all()
    assert history[["vkdnw_drawn_entropy", "vkdnw_dim", "trainability"]].notna().all(axis=None)
    stated = json.loads((tmp_path / "s" / "search.json").read_text())["settings"]
    assert (stated["dataset"], stated["batch_size"], stated["seed"]) == ("3x16x16:10", 8, 3)


def test_what_will_not_do_is_told_first(function: str, tmp_path: Path) -> None:
    for objective, text in (
        ("vkdnw_ag", "nearest: vkdnw_agg"),
        ("vkdnw", "several columns; name one"),
        (f"{function}x", "no function 'scorex'"),
        ("no_such_module:f", "importing no_such_module fails"),
    ):
        with pytest.raises(ProxyrankError, match=text):
            search(tmp_path / "s", objective)
    with pytest.raises(ProxyrankError, match="population must be at least 2"):
        search(tmp_path / "s", function, population=1)
    assert not (tmp_path / "s").exists()
