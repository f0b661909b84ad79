"""``suggest`` and ``simulate`` as a user runs them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.search.simulate import mean_over_seeds, run_simulation
from proxyrank.search.simulation import Simulation
from proxyrank.spaces import get_space
from proxyrank.train.digits import digits_table

SPACE = get_space("nb201")


@pytest.fixture(scope="module")
def accuracies() -> "pd.Series[float]":
    return pd.read_parquet(digits_table()).set_index("arch")["digits"]


def label_file(archs, accuracies, path: Path) -> Path:
    pd.DataFrame({"arch": archs, "acc": [accuracies.get(a, 60.0) for a in archs]}).to_csv(path, index=False)
    return path


def test_batches_wait_for_their_labels_and_go_on(run, accuracies, tmp_path: Path) -> None:
    state, out = tmp_path / "s.json", tmp_path / "next.csv"
    options = ("suggest", "--state", state, "--batch", 6)
    first = run(*options, "--json").json
    assert (first["fresh"], first["batches"], len(set(first["archs"]))) == (True, 1, 6)
    written = state.read_bytes()
    again = run(*options, "--out", out)
    assert "no label yet" in again.err
    assert pd.read_csv(out)["arch"].tolist() == first["archs"]
    assert state.read_bytes() == written
    half = label_file(first["archs"][:4], accuracies, tmp_path / "half.csv")
    assert run(*options, "--labels", half, "--json").json["archs"] == first["archs"][4:]
    full = label_file(first["archs"], accuracies, tmp_path / "full.csv")
    second = run(*options, "--labels", full, "--json").json
    assert second["fresh"]
    keys = {SPACE.function_key(arch) for arch in (*first["archs"], *second["archs"])}
    assert len(keys) == 12  # never a network that equals a trained one
    third = run(*options, "--labels", full, "--more", "--strategy", "random", "--json").json
    assert third["batches"] == 3
    assert not set(third["archs"]) & {*first["archs"], *second["archs"]}


def test_two_batches_of_the_design_are_one_of_twice_the_size(run, accuracies, tmp_path: Path) -> None:
    whole = run("suggest", "--state", tmp_path / "w.json", "--batch", 8, "--json").json["archs"]
    first = run("suggest", "--state", tmp_path / "h.json", "--batch", 4, "--json").json["archs"]
    labels = label_file(first, accuracies, tmp_path / "l.csv")
    second = run("suggest", "--state", tmp_path / "h.json", "--batch", 4, "--labels", labels, "--json").json
    assert first + second["archs"] == whole


def test_improvement_needs_labels_first(run, accuracies, tmp_path: Path) -> None:
    trained = sorted(accuracies.index)[::70][:40]
    labels = label_file(trained, accuracies, tmp_path / "l.csv")
    options = ("--strategy", "improvement", "--labels", labels, "--batch", 5, "--json")
    found = run("suggest", "--state", tmp_path / "s.json", *options).json
    assert (found["trained"], len(found["archs"])) == (40, 5)
    assert not {SPACE.function_key(a) for a in found["archs"]} & {SPACE.function_key(a) for a in trained}


def test_other_settings_and_damage_are_refused(run, tmp_path: Path) -> None:
    state = tmp_path / "s.json"
    run("suggest", "--state", state, "--batch", 2)
    other = run("suggest", "--state", state, "--batch", 2, "--seed", 3)
    assert other.code == 2
    assert "begun with seed = 0, asked for 3" in other.err
    assert "population" in run("suggest", "--state", state, "--population", "all").err
    assert "unknown strategy" in run("suggest", "--state", tmp_path / "n.json", "--strategy", "x").err
    state.write_text(json.dumps({"format": "proxyrank-suggestions/1"}))
    damaged = run("suggest", "--state", state)
    assert damaged.code == 2
    assert "not a state of suggestions" in damaged.err


def in_this_process(function, arguments):
    yield from ((i, function(argument)) for i, argument in enumerate(arguments))


def test_simulation_resumes_and_judges_the_untrained(accuracies, tmp_path: Path) -> None:
    from proxyrank.evaluate import load_labels

    labels = load_labels(digits_table(), space=SPACE, label="digits")
    some = labels.subset(sorted(accuracies.index)[::12])
    plan = Simulation(strategies=("random", "variance"), checkpoints=(8, 12), seeds=(0,), model="lightgbm")
    whole = run_simulation(SPACE, some, plan, tmp_path / "a", executor=in_this_process)
    assert whole["trained"].tolist() == [8, 12, 8, 12]
    assert (whole["regret"] >= 0).all()
    best = whole.groupby("strategy")["best"]
    assert (best.last() >= best.first()).all()

    def stops(function, arguments):
        yield 0, function(arguments[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_simulation(SPACE, some, plan, tmp_path / "b", executor=stops)
    played = []

    def counts(function, arguments):
        played.extend(arguments)
        yield from in_this_process(function, arguments)

    resumed = run_simulation(SPACE, some, plan, tmp_path / "b", executor=counts)
    assert played == [("variance", 0)]
    pd.testing.assert_frame_equal(resumed, whole)
    assert list(mean_over_seeds(whole)["seeds"]) == [1] * 4


def test_simulate_writes_its_table_and_picture(run, accuracies, tmp_path: Path) -> None:
    labels = label_file(sorted(accuracies.index)[::25], accuracies, tmp_path / "l.csv")
    options = ("--budget", 16, "--seeds", 1, "--model", "lightgbm", "--workers", 1, "--out", tmp_path / "sim")
    result = run("simulate", "--labels", labels, *options)
    assert result.code == 0, result.err
    assert (tmp_path / "sim" / "simulation.png").read_bytes()[:4] == b"\x89PNG"
    assert len(pd.read_csv(tmp_path / "sim" / "results.csv")) == 2
    other = run("simulate", "--labels", labels, *options[2:], "--budget", 20)
    assert other.code == 2
    assert "checkpoints" in other.err
