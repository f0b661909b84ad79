"""The table of searches goes on where it was stopped, and says what is not there."""

from pathlib import Path

import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.paper.regret import LINES, by_line, reproduce_search
from proxyrank.paper.regret.lines import open_bench
from proxyrank.paper.regret.proxies import evolution_by_proxies, proxy_values
from proxyrank.paper.render import wide_frame
from proxyrank.spaces import get_space


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Labels of all NAS-Bench-Macro networks, and of NAS-Bench-201, by rule."""
    archs = get_space("nb-macro").archs()
    (tmp_path / "data" / "spaces").mkdir(parents=True)
    frame = pd.DataFrame({"arch": archs, "test_acc": [80 + sum(map(int, a)) for a in archs]})
    frame.to_csv(tmp_path / "data" / LINES["macro"].file, index=False)
    archs = get_space("nb201").archs()
    frame = pd.DataFrame({"arch": archs, "cifar10": [60 + 5 * a.count("conv_3x3") for a in archs]})
    frame.to_csv(tmp_path / "data" / "nb201_accuracy.csv", index=False)
    return tmp_path / "data"


def test_runs_are_kept_and_gaps_are_told(folder: Path, tmp_path: Path) -> None:
    played: list[str] = []
    options = {"methods": "random,regularised evolution", "on_part": played.append}
    out = tmp_path / "out"
    reproduce_search(folder, out, only="macro", seeds=(0,), **options)
    assert len(played) == 2
    result = reproduce_search(folder, out, only="macro,nb101", seeds=(0, 1), **options)
    assert len(played) == 4
    cells = {(c.row, c.dataset, c.metric): c for c in result.cells}
    title = LINES["macro"].title
    first, last = (cells["random", title, f"regret@{n}"] for n in (32, 128))
    assert first.ours >= last.ours >= 0
    assert first.seeds == 2
    missing = cells["random", LINES["nb101"].title, "regret@150"]
    assert missing.ours is None
    assert "nasbench101_full.parquet" in missing.note
    assert (out / "macro.png").read_bytes()[:4] == b"\x89PNG"
    tables = by_line(result)
    assert [table.name for table in tables] == [f"search, {LINES[name].title}" for name in ("macro", "nb101")]
    assert [table.notes for table in tables] == [[], [missing.note]]
    assert list(wide_frame(tables[0])) == [
        "ranking",
        *(f"regret@{n}" for n in (32, 64, 100, 128)),
        "found by 128",
    ]
    assert (out / "search.md").read_text().count("\n## ") == 1  # the second of two
    assert {"search.csv", "search.md", "search.tex", "search.json"} <= {file.name for file in out.iterdir()}
    for bad in ({"only": "nb20"}, {"only": "macro", "methods": "luck"}):
        with pytest.raises(ProxyrankError, match="unknown"):
            reproduce_search(folder, out, **bad)


def test_proxies_alone_choose_without_labels(folder: Path) -> None:
    bench = open_bench(LINES["nb201-cifar10"], folder)
    values = proxy_values(bench, "cifar10")
    assert set(values) == set(bench.keys)
    found = evolution_by_proxies(bench, 0, 20, values=values, steps=150)
    blind = open_bench(LINES["nb201-cifar10"], folder)
    blind.values = dict.fromkeys(bench.values, 0.0)
    assert found == evolution_by_proxies(blind, 0, 20, values=values, steps=150)
    assert len(set(found)) == 20
    convs = [arch.count("conv_3x3") for arch in found]
    assert sum(convs) / 20 > 1.5  # more than the 6 / 5 of a random cell
