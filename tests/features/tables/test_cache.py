import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from proxyrank.features import FeatureSettings, Rows, compute_features
from proxyrank.features.graph.graf import GRAF
from proxyrank.features.graph.paths import PATHS
from proxyrank.features.rows import arch_index
from proxyrank.features.tables.cache import add_rows, cache_file, cache_folder, read_rows

GRAPH_GROUPS = ("graf", "paths", "cell", "flow")


def _rows(archs, value):
    return Rows(pd.DataFrame({"a": [value] * len(archs)}, index=arch_index(archs)))


def test_second_call_is_byte_equal_and_read_from_the_cache(fresh_cache, space, monkeypatch):
    archs = space.sample(300, seed=1)
    first = compute_features(space, archs, GRAPH_GROUPS)
    monkeypatch.setattr("proxyrank.features.tables._jobs._shard", lambda *a: pytest.fail("computed again"))
    second = compute_features(space, archs, GRAPH_GROUPS)
    assert first.frame.to_numpy().tobytes() == second.frame.to_numpy().tobytes()
    pd.testing.assert_frame_equal(first.frame, second.frame, check_exact=True)
    part = compute_features(space, archs[10:20][::-1], "flow,paths")
    pd.testing.assert_frame_equal(
        part.frame, first.frame.loc[archs[10:20][::-1], part.columns], check_exact=True
    )


def test_rows_are_added(fresh_cache, space):
    archs = space.sample(40, seed=2)
    compute_features(space, archs[:20], "paths")
    compute_features(space, archs[10:], "paths")
    (family,) = PATHS.families(space)
    rows = read_rows(cache_file(space, "paths", family, FeatureSettings()), PATHS.columns(space))
    assert sorted(rows.values.index) == sorted(archs)
    pd.testing.assert_frame_equal(
        rows.values.loc[archs], PATHS.compute(space, archs, FeatureSettings()), check_exact=True
    )


class Other:
    name = "other"


def test_settings_and_version_have_files_of_their_own(fresh_cache, space):
    (graf,), (paths,) = GRAF.families(space), PATHS.families(space)
    none = FeatureSettings()
    files = {
        cache_file(space, "graf", graf, graf.resolve(none)),
        cache_file(space, "graf", graf, graf.resolve(FeatureSettings(graf_no_path="older"))),
        cache_file(space, "graf", replace(graf, version=2), graf.resolve(none)),
        cache_file(space, "paths", paths, none),
        cache_file(Other(), "paths", paths, none),
        cache_file(space, "mine", replace(paths, name="a"), none),
        cache_file(space, "mine", replace(paths, name="b"), none),
    }
    assert len(files) == 7
    assert {file.parent for file in files} == {fresh_cache}


@pytest.mark.parametrize("damage", [b"", b"PAR1 nonsense", "cut", "flipped"])
def test_p9_a_damaged_cache_file_is_set_aside_and_made_again(fresh_cache, space, damage, caplog):
    archs = space.sample(5, seed=0)
    before = compute_features(space, archs, "paths")
    (file,) = fresh_cache.glob("*.parquet")
    whole = file.read_bytes()
    bent = bytearray(whole)
    bent[200] ^= 255  # in the data of a page: only its checksum tells
    damaged = {"cut": whole[:-40], "flipped": bytes(bent)}.get(damage, damage)
    file.write_bytes(damaged)
    with caplog.at_level(logging.WARNING):
        after = compute_features(space, archs, "paths")
    assert f"{file}: damaged (" in caplog.text
    assert f"moved to {file.name}.damaged and made again" in caplog.text
    assert file.with_name(file.name + ".damaged").read_bytes() == damaged
    pd.testing.assert_frame_equal(before.frame, after.frame, check_exact=True)
    assert len(read_rows(file, PATHS.columns(space)).values) == 5


def test_a_file_of_other_columns_is_ignored(fresh_cache, tmp_path, caplog):
    file = tmp_path / "x.parquet"
    add_rows(file, _rows(["p", "q"], 1.5))
    assert read_rows(file, ["a"]).values.loc["q", "a"] == 1.5
    assert read_rows(file, ["b"]) is None
    assert "other columns" in caplog.text


def test_writers_at_once_lose_nothing(tmp_path):
    file = tmp_path / "x.parquet"
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda i: add_rows(file, _rows([f"{i}-a", f"{i}-b"], float(i))), range(24)))
    rows = read_rows(file, ["a"]).values
    assert len(rows) == 48
    assert rows.loc["17-b", "a"] == 17.0


def test_floats_are_stored_exactly(tmp_path):
    file = tmp_path / "x.parquet"
    values = np.array([0.1 + 0.2, 5e-324, -0.0, 1 / 3, np.nan])
    rows = _rows(list("abcde"), 0.0)
    rows.values["a"] = values
    add_rows(file, rows)
    assert read_rows(file, ["a"]).values["a"].to_numpy().tobytes() == values.tobytes()


def test_no_cache_touches_nothing(fresh_cache, space):
    compute_features(space, space.sample(3, seed=0), GRAPH_GROUPS, cache=False)
    assert not fresh_cache.exists()


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path, monkeypatch, space, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PROXYRANK_CACHE", str(tmp_path / "file" / "cache"))
    assert len(compute_features(space, space.sample(3, seed=0), "paths").frame) == 3
    assert "was not written" in caplog.text


def test_default_folder(monkeypatch):
    monkeypatch.delenv("PROXYRANK_CACHE")
    assert "proxyrank" in str(cache_folder())
