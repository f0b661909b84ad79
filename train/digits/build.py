"""Build a benchmark: resumable, parallel, the same bytes however it was run."""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.errors import TableError
from proxyrank.common.executors import on_processes
from proxyrank.common.files import atomic_path, dump_json, read_json
from proxyrank.common.shards import read_parts, run_sharded
from proxyrank.common.tabular import read_table
from proxyrank.spaces import get_space, has, require
from proxyrank.train.digits.benchmarks import Benchmark, DigitsSettings

SHARD_SIZE = 8


def trained_rows(
    archs: Sequence[str], *, benchmark: Benchmark, seeds: int, settings: DigitsSettings
) -> pd.DataFrame:
    """Options and accuracies in percent of networks: mean over seeds, then each seed."""
    import torch

    from proxyrank.train.digits.training import train_arch

    torch.set_num_threads(1)
    space = get_space(benchmark.space)
    configured = require(space, "config", benchmark.name) if has(space, "config") else None
    configs = [configured.config(arch) for arch in archs] if configured else []
    values = np.array([[train_arch(benchmark, arch, s, settings) for s in range(seeds)] for arch in archs])
    label = benchmark.label
    return pd.DataFrame(
        {
            "arch": list(archs),
            **{option: [config[option] for config in configs] for option in (configs[0] if configs else ())},
            label: values.mean(axis=1),
            **{f"{label}_seed{seed}": values[:, seed] for seed in range(seeds)},
        }
    )


def build_benchmark(
    benchmark: Benchmark,
    out: str | Path,
    *,
    count: int | None = None,
    seeds: int = 2,
    workers: int = 1,
    settings: DigitsSettings | None = None,
) -> pd.DataFrame:
    """Train networks and write ``out`` (parquet) with its provenance beside it (``.json``).

    The architectures are the first ``count`` of a fixed permutation of the population, so a longer table
    holds a shorter one. Parts lie in ``out`` + ``.parts`` until the table is complete; rows of an existing
    table with equal settings are kept.

    Parameters
    ----------
    benchmark
        What to build.
    out
        Table to write.
    count
        How many architectures the table shall hold at least; that of the benchmark if None.
    seeds
        Trainings per architecture.
    workers
        Processes, one thread each.
    settings
        Of the training; those of the benchmark if None.

    Returns
    -------
    DataFrame
        The table, sorted by ``arch``.

    Raises
    ------
    TableError
        If ``out`` or its parts were made with other settings.
    """
    out, settings = Path(out), settings or benchmark.settings
    parts = out.with_name(out.name + ".parts")
    provenance = _provenance(benchmark, seeds, settings)
    for known in (out.with_suffix(".json"), parts / "provenance.json"):
        if known.exists() and _comparable(read_json(known)) != _comparable(provenance):
            raise TableError(f"{known} states other settings than asked for; choose another --out")
    space = require(get_space(benchmark.space), "sample", f"the benchmark {benchmark.name}")
    wanted = space.sample(count or benchmark.count, seed=0, population=benchmark.population)
    old = read_table(out, "--out") if out.exists() else pd.DataFrame({"arch": []})
    parts.mkdir(parents=True, exist_ok=True)
    with atomic_path(parts / "provenance.json") as path:
        path.write_text(dump_json(provenance), encoding="utf-8")
    done = set(old["arch"]) | set(read_parts(parts)["arch"])
    run_sharded(
        [arch for arch in wanted if arch not in done],
        partial(trained_rows, benchmark=benchmark, seeds=seeds, settings=settings),
        parts,
        executor=on_processes(workers),
        shard_size=SHARD_SIZE,
        what=f"training {benchmark.members}",
    )
    new = read_parts(parts)
    table = pd.concat([frame for frame in (old, new) if len(frame)])
    table = table.drop_duplicates("arch").sort_values("arch", ignore_index=True)
    with atomic_path(out) as path:
        table.to_parquet(path, index=False)
    with atomic_path(out.with_suffix(".json")) as path:
        path.write_text(dump_json(provenance | {benchmark.members: len(table)}), encoding="utf-8")
    for file in parts.iterdir():
        file.unlink()
    parts.rmdir()
    return table


def _provenance(benchmark: Benchmark, seeds: int, settings: DigitsSettings) -> dict[str, Any]:
    return {
        "benchmark": benchmark.summary,
        "command": f"proxyrank {benchmark.name} build",
        "space": benchmark.space,
        "population": benchmark.population,
        "sample_seed": 0,
        "label": "test accuracy in percent, mean over seeds",
        "network": benchmark.network,
        "seeds": seeds,
        "settings": settings.stated,
        "versions": {name: version(name) for name in ("proxyrank", "torch", "scikit-learn")},
    }


def _comparable(provenance: dict[str, Any]) -> dict[str, Any]:
    """What two tables must share: all but how many rows they have, and what they were made with."""
    return {
        key: provenance.get(key)
        for key in ("benchmark", "space", "population", "sample_seed", "network", "seeds", "settings")
    }
