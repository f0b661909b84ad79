"""Sharded runs: the same rows whatever was done before, however cut, on however many workers."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.common.executors import on_processes
from proxyrank.common.seeds import derive_rng, derive_seed
from proxyrank.common.shards import read_parts, run_sharded

ARCHS = [f"a{i:02d}" for i in range(11)]


def lengths(archs: Sequence[str]) -> pd.DataFrame:
    """A stand-in for a long computation."""
    return pd.DataFrame({"arch": list(archs), "value": [derive_seed(arch) % 1000 for arch in archs]})


def fails_late(archs: Sequence[str]) -> pd.DataFrame:
    """As `lengths`, but stops at one architecture."""
    if "a09" in archs:
        raise RuntimeError("killed")
    return lengths(archs)


def test_interrupted_run_resumes_to_the_same_parts(tmp_path: Path) -> None:
    options = {"shard_size": 2, "what": "test"}
    whole = run_sharded(ARCHS, lengths, tmp_path / "whole", executor=on_processes(2), **options)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="killed"):
        run_sharded(ARCHS, fails_late, tmp_path / "cut", executor=on_processes(1), **options)  # type: ignore[arg-type]
    assert 0 < len(read_parts(tmp_path / "cut")) < len(ARCHS)
    resumed = run_sharded(ARCHS, lengths, tmp_path / "cut", executor=on_processes(1), **options)  # type: ignore[arg-type]
    assert [path.name for path in resumed] == [path.name for path in whole]
    assert [path.read_bytes() for path in resumed] == [path.read_bytes() for path in whole]
    assert list(pd.concat(map(pd.read_parquet, resumed))["arch"]) == ARCHS


def test_parts_that_exist_are_not_done_again(tmp_path: Path) -> None:
    options = {"executor": on_processes(1), "shard_size": 4, "what": "test"}
    first = run_sharded(ARCHS, lengths, tmp_path, **options)  # type: ignore[arg-type]
    assert run_sharded(ARCHS, fails_late, tmp_path, **options) == first  # type: ignore[arg-type]


def test_p9_damaged_parts_are_set_aside(tmp_path: Path) -> None:
    options = {"executor": on_processes(1), "shard_size": 4, "what": "test"}
    parts = run_sharded(ARCHS, lengths, tmp_path, **options)  # type: ignore[arg-type]
    whole = [path.read_bytes() for path in parts]
    parts[0].write_bytes(whole[0][:-7])
    parts[1].write_bytes(b"")
    assert list(read_parts(tmp_path)["arch"]) == ARCHS[8:]
    assert run_sharded(ARCHS, lengths, tmp_path, **options) == parts  # type: ignore[arg-type]
    assert [path.read_bytes() for path in parts] == whole
    aside = sorted(path.name for path in tmp_path.glob("*.damaged"))
    assert aside == sorted(f"{path.name}.damaged" for path in parts[:2])


def test_seeds_are_stable_over_versions() -> None:
    assert derive_seed("a", 1) == derive_seed("a", 1) != derive_seed("a", 2)
    assert derive_seed("digits", "x", 0) == 710_971_690_121_346_268
    assert derive_rng("a").standard_normal() == derive_rng("a").standard_normal()
