"""``search`` as a user runs it."""

from pathlib import Path

import pandas as pd
import pytest

from proxyrank.spaces import get_space


@pytest.fixture
def options(tmp_path: Path) -> tuple[object, ...]:
    return ("search", "--iterations", 40, "--population", 10, "--workers", 1, "--out", tmp_path / "s")


def test_the_best_builds(run, options, tmp_path: Path) -> None:
    result = run(
        *options, "--space", "mobilenetv2", "--objective", "params", "--max-layers", 8, "--max-flops", 5e6,
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
    ask = (*options, "--objective", "flops,-latency", "--table", table, "--limit", "latency=5", "--json")
    result = run(*ask)
    assert result.code == 0, result.err
    found = result.json
    assert max(row["latency"] for row in found["best"]) <= 5
    front = pd.read_csv(tmp_path / "s" / "front.csv")
    assert {"score flops", "score -latency"} <= set(front)
    assert front["latency"].is_monotonic_decreasing or len(front) == 1


def test_a_ranker_is_an_objective(run, options, ranker: Path) -> None:
    result = run(*options, "--objective", ranker, "--json")
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
        result = run(*options, "--objective", "flops", *extra)
        assert result.code == 2, extra
        assert text in result.err
        assert len(result.err.strip().splitlines()) == 1
