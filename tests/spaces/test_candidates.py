from pathlib import Path

import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.spaces import get_space
from proxyrank.spaces.candidates import read_candidates

SPACE = get_space("nb201")
ARCHS = SPACE.sample(4, seed=1)


@pytest.mark.parametrize("name", ["c.csv", "c.CSV", "c.csv.gz", "c.parquet", "bare"])
def test_every_kind_of_table_has_its_columns(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    frame = pd.DataFrame({"arch": [ARCHS[0], ARCHS[1], ARCHS[0]], "latency": [1.5, None, 9.0]})
    if "csv" in name.lower():
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    found = read_candidates(SPACE, path)
    assert found.archs == tuple(ARCHS[:2])
    assert found.columns == ["latency"]
    numbers = found.numbers("latency")
    assert numbers[ARCHS[0]] == 1.5
    assert pd.isna(numbers[ARCHS[1]])
    assert found.notes == [f"{path}: 1 repeated architectures left out, 2 remain"]


def test_a_list_has_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "cells.txt"
    path.write_text(f"# two\n{SPACE.to_tuple(ARCHS[2])}\n\n{ARCHS[3]}\n")
    found = read_candidates(SPACE, path)
    assert found.archs == tuple(ARCHS[2:])
    assert found.notes == found.columns == []
    with pytest.raises(TableError, match="no column 'latency' beside arch; columns: none"):
        found.numbers("latency")


def test_bad_rows_are_named_by_their_line(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"arch,latency\n{ARCHS[0]},1\n{ARCHS[0]},2\n{ARCHS[1]},fast\n")
    with pytest.raises(TableError, match=r"c\.csv, line 4: column 'latency' must hold numbers .* 'fast'"):
        read_candidates(SPACE, path).numbers("latency")
    path.write_text(f"arch\n{ARCHS[0]}\nnone\n")
    with pytest.raises(ProxyrankError, match=r"c\.csv, line 3: "):
        read_candidates(SPACE, path)
