"""Values that no rearrangement of the code may change; `record.py` wrote them at commit 60f1488."""

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from proxyrank.features import compute_features
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space

HERE = Path(__file__).parent
SHIPPED = sorted((HERE.parents[1] / "features" / "data").glob("*.parquet"))

_spec = importlib.util.spec_from_file_location("golden_record", HERE / "record.py")
assert _spec is not None
assert _spec.loader is not None
record = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(record)

KT = json.loads((HERE / "kt.json").read_text(encoding="utf-8"))
STRICT = os.environ.get("PROXYRANK_GOLDEN") == "all"
QUICK = [key for key in KT if key.endswith(" 1") and not key.startswith("all ")]


def test_graph_columns_of_200_cells() -> None:
    expected = json.loads((HERE / "columns.json").read_text(encoding="utf-8"))
    assert record.column_digests(record.golden_cells()) == expected


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_values_reach_the_user_byte_for_byte(path: Path) -> None:
    raw = pyarrow.parquet.read_table(path).to_pandas().set_index("arch")
    sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    archs = list(raw.index[:: max(1, len(raw) // 500)])
    families = [(g, f) for g, info in sidecar["groups"].items() for f in info.get("families", [info])]
    for group, info in families:
        facts = ("init", "batch_norm")
        settings = {name: value for name, value in info["settings"].items() if name not in facts}
        found = compute_features(
            get_space("nb201"),
            archs,
            [group],
            settings=settings,
            columns=info["columns"],
            prefer_shipped=info.get("shared", False),  # own values are others than shared ones
        )
        expected = raw.loc[archs, info["columns"]]
        assert found.frame[info["columns"]].to_numpy().tobytes() == expected.to_numpy().tobytes()
        for column in info["columns"]:
            reasons = sidecar["status"].get(column, {})
            own = found.sidecar.status.get(column, {})
            assert own == {arch: reasons[arch] for arch in archs if arch in reasons}


@pytest.mark.parametrize("name", [*record.RANKERS, "transfer"])
def test_ranker_folders_of_format_1_still_rank(name: str) -> None:
    folder = HERE / "rankers" / name
    found = ProxyRanker.load(folder).rank(record.golden_cells())
    expected = pd.read_parquet(folder.with_suffix(".parquet"))
    assert list(found["arch"]) == list(expected["arch"])
    for column in expected.columns.drop(["rank", "arch"]):
        # sums of a few hundred terms: other processors round the last digits otherwise
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("key", KT if STRICT else QUICK)
def test_rankings_of_readme_0_1(key: str, data_folder: Path) -> None:
    # strict on the kind of processor that recorded them; others may round a target and move a split
    tolerance = 1e-9 if STRICT else 5e-4
    groups, label, seed = key.split(" ")
    assert record.ranking_kt(groups, label, int(seed)) == pytest.approx(KT[key], abs=tolerance)
