"""``rank``: the whole list, in order, within limits, deterministic."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.spaces import get_space

SPACE = get_space("nb201")
COLUMNS = ["rank", "arch", "score", "predicted", "seen_in_training", "low", "high"]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_u6_whole_ranking_in_each_format(run, ranker: Path, tmp_path: Path, suffix: str) -> None:
    cells = tmp_path / "cells.txt"
    cells.write_text("\n".join(map(str, map(SPACE.to_tuple, SPACE.sample(100, seed=9)))))
    out = tmp_path / f"ranks{suffix}"
    assert run("rank", ranker, "--archs", cells, "--out", out).code == 0
    readers = {
        ".csv": pd.read_csv,
        ".json": lambda p: pd.DataFrame(json.loads(p.read_text())),
        ".parquet": pd.read_parquet,
    }
    ranks = readers[suffix](out)
    assert list(ranks.columns) == COLUMNS
    assert list(ranks["rank"]) == list(range(1, 101))
    assert ranks["score"].is_monotonic_decreasing


def test_both_encodings_and_repeats_give_one_ranking(run, ranker: Path, tmp_path: Path) -> None:
    archs = SPACE.sample(30, seed=2)
    (tmp_path / "strings.txt").write_text("\n".join(archs))
    (tmp_path / "tuples.txt").write_text("\n".join(str(SPACE.to_tuple(a)) for a in archs[::-1]) + "\n")
    pd.DataFrame({"arch": [*archs, archs[0]]}).to_csv(tmp_path / "table.csv", index=False)
    results = [
        run("rank", ranker, "--archs", tmp_path / n, "--json")
        for n in ("strings.txt", "tuples.txt", "table.csv")
    ]
    assert results[0].json == results[1].json == results[2].json
    assert "1 repeated" in results[2].err


def test_t11_ties_are_ordered_by_text(run, ranker: Path, tmp_path: Path) -> None:
    key = {}
    for arch in SPACE.archs("filtered"):
        key.setdefault(SPACE.function_key(arch), []).append(arch)
    twins = next(group for group in key.values() if len(group) >= 3)
    (tmp_path / "cells.txt").write_text("\n".join(sorted(twins, reverse=True)))
    ranked = run("rank", ranker, "--archs", tmp_path / "cells.txt", "--json").json
    assert len({row["score"] for row in ranked}) == 1
    assert [row["arch"] for row in ranked] == sorted(twins)


def test_unseen_is_the_population_without_training_cells(run, ranker: Path) -> None:
    ranked = run("rank", ranker, "--unseen", "--json").json
    trained = set((ranker / "train_archs.txt").read_text().split())
    assert len(ranked) == 9445 - 60
    assert not trained & {row["arch"] for row in ranked}
    assert not any(row["seen_in_training"] for row in ranked)
    assert len(run("rank", ranker, "--unseen", "--top", 5, "--json").json) == 5


def test_u5_limits_on_sizes_and_own_columns(run, ranker: Path, tmp_path: Path) -> None:
    ranked = run("rank", ranker, "--unseen", "--max-params", "0.5e6", "--max-flops", "5e7", "--json").json
    assert len(ranked) > 100
    for row in ranked[::97]:
        size = SPACE.sizes(row["arch"], "cifar10")
        assert row["params"] == size.params <= 500_000
        assert row["flops"] == size.flops <= 50_000_000
    archs = SPACE.sample(10, seed=1)
    pd.DataFrame({"arch": archs, "latency": range(10)}).to_csv(tmp_path / "cells.csv", index=False)
    ranked = run("rank", ranker, "--archs", tmp_path / "cells.csv", "--limit", "latency=4", "--json").json
    assert {row["arch"] for row in ranked} == set(archs[:5])
    wrong = run("rank", ranker, "--archs", tmp_path / "cells.csv", "--limit", "power=4")
    assert wrong.code == 2
    assert "latency" in wrong.err
    assert run("rank", ranker, "--unseen", "--max-params", 10).code == 2


def test_dead_operation_variant_of_a_training_cell_counts_as_seen(run, ranker: Path, tmp_path: Path) -> None:
    trained = (ranker / "train_archs.txt").read_text().split()
    variant = next(
        near for arch in trained for near in SPACE.neighbours(arch) if near != arch == SPACE.canonical(near)
    )
    (tmp_path / "c.txt").write_text(variant)
    assert run("rank", ranker, "--archs", tmp_path / "c.txt", "--json").json[0]["seen_in_training"] is True


def test_t12_other_space_is_refused(run, ranker: Path, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(
        "SuperConvK3BNRELU(3,8,2,1)SuperResIDWE6K3(8,32,2,8,1)SuperConvK1BNRELU(32,2048,1,1)"
    )
    result = run("rank", ranker, "--archs", tmp_path / "c.txt")
    assert result.code == 2
    assert "not a topology cell" in result.err


@pytest.mark.parametrize("args", [(), ("--unseen", "--archs", "x"), ("--unseen", "--top", "0")])
def test_contradictory_options(run, ranker: Path, args: tuple[str, ...]) -> None:
    assert run("rank", ranker, *args).code == 2


def test_damaged_or_missing_ranker(run, ranker: Path, tmp_path: Path) -> None:
    assert "not a ranker folder" in run("rank", tmp_path / "none", "--unseen").err
    (ranker / "model.txt").write_text("tree\n")
    result = run("rank", ranker, "--unseen")
    assert result.code == 2
    assert "damaged" in result.err


def test_network_features_of_unseen_cells_are_computed_with_the_rankers_settings(
    run, run_process, tmp_path: Path
) -> None:
    """Where torch is absent, one line says what is missing."""
    archs = SPACE.sample(14, seed=4)
    labels = tmp_path / "labels.csv"
    pd.DataFrame({"arch": archs[:10], "acc": [50.0 + 3 * i for i in range(10)]}).to_csv(labels, index=False)
    (tmp_path / "cells.txt").write_text("\n".join(archs[10:]))
    ranker = tmp_path / "ranker"
    # a data set without a shipped table, so that torch is needed
    options = ("--groups", "vkdnw", "--dataset", "digits", "--batch-size", "5", "--feature-seed", "3")
    assert run("train", "--labels", labels, *options, "--out", ranker).code == 0
    settings = json.loads((ranker / "ranker.json").read_text())["groups"]["vkdnw"]["families"][0]["settings"]
    assert (settings["batch_size"], settings["seed"], settings["dataset"]) == (5, 3, "digits")
    no_torch = (
        "sys.meta_path.insert(0, type('B', (), {'find_spec': lambda s, n, p=None, t=None: "
        "(_ for _ in ()).throw(ModuleNotFoundError(n, name=n)) if n.split('.')[0] == 'torch' else None})())"
    )
    blocked = run_process("rank", ranker, "--archs", tmp_path / "cells.txt", setup=no_torch)
    assert blocked.code == 2
    assert "needs torch, which is not installed" in blocked.err
    assert len(blocked.err.strip().splitlines()) == 1
    ranked = run("rank", ranker, "--archs", tmp_path / "cells.txt", "--json")
    assert ranked.code == 0
    assert len(ranked.json) == 4


def test_x17_a_ranking_can_be_limited_and_ranked_again(run, ranker: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert run("rank", ranker, "--unseen", "--max-params", "1e6", "--out", first).code == 0
    again = run(
        "rank", ranker, "--archs", first, "--max-params", "0.5e6", "--limit", "rank=5000", "--out", second
    )
    assert again.code == 0, again.err
    ranked = pd.read_csv(second)
    assert (ranked["params"] <= 0.5e6).all()
    assert (ranked["rank_given"] <= 5000).all()
    assert list(ranked["rank"]) == list(range(1, len(ranked) + 1))
    assert ranked["rank_given"].is_monotonic_increasing


def test_readable_at_80_columns(run, ranker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    arguments = ("rank", ranker, "--unseen", "--top", 5, "--max-params", "1e6")
    text = run(*arguments).out
    assert max(map(len, text.splitlines())) <= 80
    whole = text.replace("\n    ", "")
    for row in run(*arguments, "--json").json:
        assert row["arch"] in whole
        assert f"{row['low']:.3f}" in text


def test_x20_candidates_from_the_standard_input(run, ranker: Path, tmp_path: Path) -> None:
    archs = SPACE.sample(5, seed=9)
    (tmp_path / "cells.txt").write_text("\n".join(archs))
    expected = run("rank", ranker, "--archs", tmp_path / "cells.txt", "--json").json
    table = "arch,latency\n" + "".join(f"{arch},{i}\n" for i, arch in enumerate(archs))
    command = [sys.executable, "-m", "proxyrank", "rank", str(ranker), "--archs", "-", "--json"]
    done = subprocess.run(
        [*command, "--limit", "latency=9"], input=table, capture_output=True, text=True, check=True
    )
    found = [{key: row[key] for key in expected[0]} for row in json.loads(done.stdout)]
    assert found == expected
