"""``search`` as a user runs it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.spaces import get_space


@pytest.fixture
def options(tmp_path: Path) -> tuple[object, ...]:
    return ("search", "--population", 10, "--workers", 1, "--out", tmp_path / "s")


def test_the_best_builds(run, options, tmp_path: Path) -> None:
    result = run(
        *options, "--iterations", 40,
        "--space", "mobilenetv2", "--objective", "params", "--max-layers", 8, "--max-flops", 5e6,
        "--resolution", 32, "--classes", 10,
    )  # fmt: skip
    assert result.code == 0, result.err
    best = next(line for line in result.out.splitlines() if line.startswith("best: ")).removeprefix("best: ")
    space = get_space("mobilenetv2")
    assert space.sizes(best, "cifar10").flops <= 5e6
    assert space.depth(best) <= 8
    space.network(best, "cifar10")
    page = (tmp_path / "s" / "index.html").read_text()
    assert best in page
    assert "layers at most 8" in page
    assert (tmp_path / "s" / "search.png").read_bytes()[:4] == b"\x89PNG"
    assert pd.read_csv(tmp_path / "s" / "best.csv")["arch"].iloc[0] == best


def test_columns_of_a_table_limit_and_rank(run, options, labels_csv: Path, tmp_path: Path) -> None:
    archs = get_space("nb201").archs()
    table = tmp_path / "latency.csv"
    pd.DataFrame({"arch": archs, "latency": [1 + a.count("conv") for a in archs]}).to_csv(table, index=False)
    ask = (
        *options,
        "--iterations",
        40,
        "--objective",
        "flops,-latency",
        "--table",
        table,
        "--limit",
        "latency=5",
        "--json",
    )
    result = run(*ask)
    assert result.code == 0, result.err
    found = result.json
    assert max(row["latency"] for row in found["best"]) <= 5
    front = pd.read_csv(tmp_path / "s" / "front.csv")
    assert {"score flops", "score -latency"} <= set(front)
    assert front["latency"].is_monotonic_decreasing or len(front) == 1


def test_a_ranker_is_an_objective(run, options, ranker: Path) -> None:
    result = run(*options, "--iterations", 40, "--objective", ranker, "--json")
    assert result.code == 0, result.err
    found = result.json
    scores = [row["score"] for row in found["best"]]
    assert scores == sorted(scores, reverse=True)
    assert found["counts"]["steps"] == 40


def test_bad_requests_end_with_2(run, options, tmp_path: Path) -> None:
    for extra, text in (
        (("--objective", "nonsense"), "unknown objective"),
        (("--limit", "latency=3"), "unknown column of a limit 'latency'"),
        (("--max-layers", 5), "unknown column of a limit 'layers'"),
        (("--dataset", "cifar10", "--classes", 3), "leave --resolution"),
        (("--start", "x"), "x"),
        (("--objective", "flops", "--max-flops", 1), "none of 40 steps"),
    ):
        objective = () if "--objective" in extra else ("--objective", "flops")
        result = run(*options, "--iterations", 40, *objective, *extra)
        assert result.code == 2, extra
        assert text in result.err
        assert len(result.err.strip().splitlines()) == 1


def test_an_interrupted_search_goes_on(run, options, tmp_path: Path) -> None:
    mine, scored = tmp_path / "mine.py", tmp_path / "scored.txt"
    text = f"""
def score(arch):
    with open({str(scored)!r}, "a") as file:
        print(arch, file=file)
    if sum(1 for _ in open({str(scored)!r})) == 20:
        raise KeyboardInterrupt
    return len(arch)
"""
    mine.write_text(text)
    ask = (*options, "--iterations", 60, "--batch", 4, "--objective", f"{mine}:score")
    stopped = run(*ask)
    assert stopped.code == 130
    assert stopped.err.splitlines() == [
        "interrupted: finished batches are kept, the same command goes on from there"
    ]
    assert run(*ask).code == 0
    history = pd.read_csv(tmp_path / "s" / "history.csv")
    tried = scored.read_text().splitlines()
    assert set(tried) == set(history["arch"])
    assert len(tried) - len(history) in range(1, 5)  # the batch that was stopped, once more


def test_a_search_and_its_suggestions_are_one_folder(run, tmp_path: Path) -> None:
    out = tmp_path / "S"
    ask = ("--space", "mobilenetv2", "--objective", "params", "--max-layers", 8, "--workers", 1)
    assert run("search", *ask, "--iterations", 60, "--population", 20, "--out", out).code == 0
    kept = pd.read_csv(out / "history.csv").query("kept")["arch"]
    options = ("suggest", "--space", "mobilenetv2", "--search", out, "--batch", 5, "--json")
    first = run(*options).json
    assert set(first["archs"]) <= set(kept)
    state = out / "suggested.json"
    assert first["state"] == str(state)
    assert json.loads(state.read_text())["batches"][0]["archs"] == first["archs"]
    table = tmp_path / "labels.csv"
    pd.DataFrame({"arch": first["archs"], "acc": range(5)}).to_csv(table, index=False)
    second = run(*options, "--labels", table).json
    assert second["batches"] == 2
    assert all(get_space("mobilenetv2").depth(arch) <= 8 for arch in second["archs"])
    other = run("suggest", "--search", out, "--state", tmp_path / "other.json", "--batch", 5)
    assert "of mobilenetv2, not of nb201" in other.err
    assert "--state FILE, or --search" in run("suggest").err


def test_latency_is_measured_and_limited(run, options) -> None:
    result = run(
        *options[:-2], "--out", options[-1], "--space", "nb-macro", "--objective", "flops,-latency",
        "--max-latency", 1e6, "--resolution", 8, "--iterations", 6, "--json",
    )  # fmt: skip
    assert result.code == 0, result.err
    assert all(0 < row["latency"] < 1e4 for row in result.json["best"])
    tight = run(
        *options, "--space", "nb-macro", "--objective", "flops", "--max-latency", 1e-6, "--iterations", 2
    )
    assert tight.code == 2


def test_a_rankers_intervals_are_kept_and_drawn(run, options, ranker: Path, tmp_path: Path) -> None:
    assert run(*options, "--objective", ranker, "--iterations", 20).code == 0
    history = pd.read_csv(tmp_path / "s" / "history.csv")
    assert (history["low"] <= history["predicted"]).all()
    assert (history["predicted"] <= history["high"]).all()
    assert "<th>high</th>" in (tmp_path / "s" / "index.html").read_text()
