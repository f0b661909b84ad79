"""Extraction: the same bytes however often it was killed, on however many workers; refusals by name."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import NotApplicableError, ProxyrankError, TableError
from proxyrank.common.executors import on_processes
from proxyrank.features import FeatureTable, compute_features, get_group
from proxyrank.features.tables.extract import extract
from proxyrank.features.tables.sharing import plan_sharing, shareable
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
GROUPS = ("vkdnw", "zcs", "graf", "paths")
SETTINGS = {"dataset": "digits", "batch_size": 8, "seed": 7}  # not shipped: computed on this machine


def in_this_process(function, arguments):
    """An executor for tests: one after the other."""
    yield from ((i, function(argument)) for i, argument in enumerate(arguments))


@pytest.fixture(scope="module")
def archs() -> list[str]:
    return SPACE.sample(10, seed=5)


@pytest.fixture(scope="module")
def undisturbed(archs, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "T.parquet"
    extract(SPACE, archs, GROUPS, out, executor=in_this_process, settings=SETTINGS)
    return out


def same_bytes(a: Path, b: Path) -> bool:
    return all(
        a.with_suffix(end).read_bytes() == b.with_suffix(end).read_bytes() for end in (".parquet", ".json")
    )


def test_values_are_those_of_compute_features(archs, undisturbed):
    table = FeatureTable.read(undisturbed)
    alone = [compute_features(SPACE, archs, [g], settings=SETTINGS, cache=False) for g in GROUPS]
    pd.testing.assert_frame_equal(table.frame, pd.concat([t.frame for t in alone], axis=1), check_exact=True)
    assert table.sidecar.status == {c: s for t in alone for c, s in t.sidecar.status.items()}
    assert not undisturbed.with_suffix(".parts").exists()


def test_two_workers_give_the_same_bytes(archs, undisturbed, tmp_path):
    out = tmp_path / "T.parquet"
    extract(SPACE, archs, GROUPS, out, executor=on_processes(2), settings=SETTINGS)
    assert same_bytes(out, undisturbed)


def test_p9_killed_twice_and_resumed(archs, undisturbed, tmp_path):
    (tmp_path / "F").write_text("\n".join(archs))
    command = [
        *(sys.executable, "-c", "from proxyrank.cli import main; main()", "features", "--dataset", "digits"),
        *("--archs", "F", "--groups", ",".join(GROUPS), "--batch-size", "8", "--seed", "7"),
        *("--out", "T", "--workers", "1"),
    ]
    parts = tmp_path / "T.parts" / "0"
    for kill_at in (1, 2):
        process = subprocess.Popen(command, cwd=tmp_path)
        deadline = time.monotonic() + 100
        while len(list(parts.glob("part-*"))) < kill_at and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.wait()
        assert not (tmp_path / "T").exists()
    assert subprocess.run(command, cwd=tmp_path, timeout=100, check=False).returncode == 0
    assert (tmp_path / "T").read_bytes() == undisturbed.read_bytes()
    assert (tmp_path / "T.json").read_bytes() == undisturbed.with_suffix(".json").read_bytes()
    assert not (tmp_path / "T.parts").exists()


def test_a_complete_table_is_not_computed_again(archs, undisturbed):
    def refuse(function, arguments):
        raise AssertionError("computed again")

    before = undisturbed.read_bytes()
    done = extract(SPACE, archs, GROUPS, undisturbed, executor=refuse, settings=SETTINGS)
    assert (done.computed, done.rows) == (0, 10)
    assert undisturbed.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "groups", "words"),
    [
        ({"batch_size": 16}, GROUPS, "batch_size = 8, asked for 16"),
        ({"seed": 3}, GROUPS, "seed = 7, asked for 3"),
        ({}, ("graf", "zcs"), "groups vkdnw, zcs, graf, paths, asked for zcs, graf"),
    ],
)
def test_other_settings_are_refused_by_name(archs, undisturbed, change, groups, words):
    before = undisturbed.read_bytes()
    with pytest.raises(TableError, match=words):
        extract(SPACE, archs, groups, undisturbed, executor=in_this_process, settings=SETTINGS | change)
    with pytest.raises(TableError, match="share = False, asked for True"):
        extract(SPACE, archs, GROUPS, undisturbed, executor=in_this_process, settings=SETTINGS, share=True)
    with pytest.raises(TableError, match="holds 10 architectures, not the 9"):
        extract(SPACE, archs[1:], GROUPS, undisturbed, executor=in_this_process, settings=SETTINGS)
    assert undisturbed.read_bytes() == before


def test_n7_a_refused_run_leaves_nothing_that_refuses_the_next(archs, tmp_path):
    out = tmp_path / "T.parquet"
    ask = {"columns": ["naswot"], "executor": in_this_process}
    with pytest.raises(ProxyrankError, match="batch size must be at least 2"):
        extract(SPACE, archs[:2], "zcs", out, settings=SETTINGS | {"batch_size": 1}, **ask)
    assert list(tmp_path.iterdir()) == []
    extract(SPACE, archs[:2], "zcs", out, settings=SETTINGS, **ask)
    assert FeatureTable.read(out).columns == ["naswot"]


def test_p9_a_damaged_part_is_set_aside_and_made_again(archs, undisturbed, tmp_path):
    def all_but_the_last(function, arguments):
        yield from ((i, function(argument)) for i, argument in enumerate(arguments[:-1]))
        raise KeyboardInterrupt

    out = tmp_path / "T.parquet"
    with pytest.raises(KeyboardInterrupt):
        extract(SPACE, archs, GROUPS, out, executor=all_but_the_last, settings=SETTINGS)
    cut, flipped = sorted((tmp_path / "T.parts" / "0").glob("part-*"))
    cut.write_bytes(cut.read_bytes()[:-7])
    data = bytearray(flipped.read_bytes())
    data[200] ^= 1
    flipped.write_bytes(data)
    extract(SPACE, archs, GROUPS, out, executor=in_this_process, settings=SETTINGS)
    assert same_bytes(out, undisturbed)


def test_p9_a_damaged_table_or_header_is_one_line(archs, tmp_path):
    out = tmp_path / "T.parquet"
    extract(SPACE, archs, "graf", out, executor=in_this_process)
    out.write_bytes(out.read_bytes()[:-9])
    with pytest.raises(TableError, match=r"T\.parquet: not a parquet file, or a damaged one"):
        extract(SPACE, archs, "graf", out, executor=in_this_process)
    (tmp_path / "U.parts").mkdir()
    for text in ("{}", '{"sidecar": {}, "archs": "x"}', '{"sid'):
        (tmp_path / "U.parts" / "header.json").write_text(text)
        with pytest.raises(TableError, match=r"header\.json: damaged; choose another --out or remove "):
            extract(SPACE, archs, "graf", tmp_path / "U", executor=in_this_process)


def test_x18_a_full_disk_leaves_no_folder(archs, tmp_path, monkeypatch):
    def full(value, path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("proxyrank.features.tables._parts_header.write_json", full)
    with pytest.raises(OSError, match="No space left"):
        extract(SPACE, archs, "graf", tmp_path / "T", executor=in_this_process)
    assert list(tmp_path.iterdir()) == []


def test_parts_of_another_run_are_refused(archs, tmp_path):
    def stop(function, arguments):
        raise KeyboardInterrupt
        yield

    out = tmp_path / "T.parquet"
    with pytest.raises(KeyboardInterrupt):
        extract(SPACE, archs, "graf", out, executor=stop)
    with pytest.raises(TableError, match="groups graf, asked for paths"):
        extract(SPACE, archs, "paths", out, executor=in_this_process)
    with pytest.raises(TableError, match="begun for other architectures"):
        extract(SPACE, archs[1:], "graf", out, executor=in_this_process)
    extract(SPACE, archs, "graf", out, executor=in_this_process)


def test_one_bad_architecture_is_empty_with_its_reason(archs, tmp_path, monkeypatch):
    build = type(SPACE).network

    def fails(self, arch, config):
        if arch == archs[3]:
            raise NotApplicableError("cannot be built")
        return build(self, arch, config)

    monkeypatch.setattr(type(SPACE), "network", fails)
    out = tmp_path / "T.parquet"
    done = extract(SPACE, archs, "vkdnw,graf", out, executor=in_this_process, settings=SETTINGS)
    table = FeatureTable.read(out)
    assert "cannot be built" in str(table.reason(archs[3], "vkdnw_entropy"))
    assert table.frame["vkdnw_entropy"].isna().tolist() == [i == 3 for i in range(10)]
    assert sum(done.missing["vkdnw_entropy"].values()) == 1
    assert np.isfinite(table.frame["op_count_none"]).all()


@pytest.mark.parametrize("share", [False, True])
def test_some_columns_have_the_values_of_the_whole_table(archs, undisturbed, tmp_path, share):
    wanted = [column for column in get_group("zcs").columns(SPACE) if column in ("jacov", "trainability")]
    out, how = tmp_path / "T.parquet", {"executor": in_this_process, "settings": SETTINGS, "share": share}
    extract(SPACE, archs, "zcs", out, columns=wanted[::-1], **how)
    table = FeatureTable.read(out)
    assert table.columns == table.sidecar.groups["zcs"].columns == wanted
    if not share:
        pd.testing.assert_frame_equal(table.frame, FeatureTable.read(undisturbed).frame[wanted])
    with pytest.raises(TableError, match=rf"other columns of zcs than asked for \({wanted[1]}\)"):
        extract(SPACE, archs, "zcs", out, columns=wanted[:1], **how)


@pytest.mark.parametrize(
    ("columns", "message"),
    [(["jacov", "nothing"], "unknown column 'nothing'"), (["jacov"], "the group graf")],
)
def test_columns_that_the_groups_lack_are_refused(archs, tmp_path, columns, message):
    with pytest.raises(ProxyrankError, match=message):
        extract(SPACE, archs, "zcs,graf", tmp_path / "T", executor=in_this_process, columns=columns)
    assert not list(tmp_path.iterdir())


def test_reused_rows_are_the_computed_ones(archs, undisturbed, tmp_path, fresh_cache):
    compute_features(SPACE, archs[:6], GROUPS, settings=SETTINGS)
    out = tmp_path / "T.parquet"
    done = extract(SPACE, archs, GROUPS, out, executor=in_this_process, settings=SETTINGS, reuse=True)
    assert same_bytes(out, undisturbed)
    assert (done.computed, done.known) == (4, 6)
    again = extract(
        SPACE, archs, GROUPS, tmp_path / "U", executor=in_this_process, settings=SETTINGS, reuse=True
    )
    assert (again.computed, again.known) == (0, 10)


def test_shared_values_are_those_of_the_representative(tmp_path):
    """Dead operations and the order of parameters keep a column out of the sharing."""
    classes: dict[str, list[str]] = {}
    for arch in SPACE.sample(400, seed=1):
        classes.setdefault(SPACE.function_key(arch), []).append(arch)
    archs = [arch for members in classes.values() if len(members) > 2 for arch in members][:12]
    out = tmp_path / "T.parquet"
    extract(SPACE, archs, "vkdnw,zcs", out, executor=in_this_process, settings=SETTINGS, share=True)
    table = FeatureTable.read(out)
    assert all(family.shared for family in table.sidecar.groups["zcs"].families)
    firsts = sorted({SPACE.representative(arch) for arch in archs})
    own = compute_features(SPACE, archs, "vkdnw,zcs", settings=SETTINGS, cache=False).frame
    theirs = compute_features(SPACE, firsts, "vkdnw,zcs", settings=SETTINGS, cache=False).frame
    free = shareable(table.columns)
    assert "jacov" in free["dead"]
    assert "flops" in free["canonical"] - free["dead"]
    assert not any(column.startswith("vkdnw") for column in free["canonical"])
    for arch in archs:
        kind = "canonical" if SPACE.canonical(arch) == arch else "dead"
        for column in table.columns:
            source = theirs.loc[SPACE.representative(arch)] if column in free[kind] else own.loc[arch]
            assert table.frame.loc[arch, column] == source[column] or np.isnan(source[column])


def test_sharing_computes_every_column_of_every_cell_once():
    archs = list(SPACE.archs())[:3000]
    wanted = [column for name in ("vkdnw", "zcs", "graf") for column in get_group(name).columns(SPACE)]
    portions, taken = plan_sharing(SPACE, archs, wanted)
    columns = set().union(*(portion.columns for portion in portions))
    held: dict[str, set[str]] = {}
    for portion in portions:
        for arch in portion.archs:
            assert not held.get(arch)
            held[arch] = set(portion.columns)
    for arch in archs:
        shared = set(taken.get(arch, ()))
        assert held[arch] == columns - shared
        assert shared <= held.get(SPACE.representative(arch), set())
