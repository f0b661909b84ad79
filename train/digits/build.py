"""Build the digits benchmark: resumable, parallel, the same bytes however it was run."""

from collections.abc import Sequence
from dataclasses import asdict
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
from proxyrank.spaces import data_shape
from proxyrank.spaces.nb201 import NB201
from proxyrank.spaces.nb201.skeleton import skeleton_of
from proxyrank.train.digits.training import DigitsSettings

SHARD_SIZE = 8


def digits_rows(archs: Sequence[str], *, seeds: int, settings: DigitsSettings) -> pd.DataFrame:
    """Accuracy of each cell in percent: ``digits`` (mean over seeds), then ``digits_seed0`` and so on."""
    import torch

    from proxyrank.train.digits.training import train_cell

    torch.set_num_threads(1)
    values = np.array([[train_cell(arch, seed, settings) for seed in range(seeds)] for arch in archs])
    columns = {f"digits_seed{seed}": values[:, seed] for seed in range(seeds)}
    return pd.DataFrame({"arch": list(archs), "digits": values.mean(axis=1), **columns})


def build_digits(
    out: str | Path,
    *,
    cells: int,
    seeds: int = 2,
    workers: int = 1,
    settings: DigitsSettings | None = None,
) -> pd.DataFrame:
    """Train cells and write ``out`` (parquet) with its provenance beside it (``.json``).

    The cells are the first ``cells`` of a fixed permutation of the canonical ones, so a longer table holds a
    shorter one. Parts lie in ``out`` + ``.parts`` until the table is complete; rows of an existing table
    with equal settings are kept.

    Parameters
    ----------
    out
        Table to write.
    cells
        How many cells the table shall hold at least.
    seeds
        Trainings a cell.
    workers
        Processes, one thread each.
    settings
        Of the training.

    Returns
    -------
    DataFrame
        The table, sorted by ``arch``.

    Raises
    ------
    TableError
        If ``out`` or its parts were made with other settings.
    """
    out, settings = Path(out), settings or DigitsSettings()
    parts = out.with_name(out.name + ".parts")
    provenance = _provenance(seeds, settings)
    for known in (out.with_suffix(".json"), parts / "provenance.json"):
        if known.exists() and _comparable(read_json(known)) != _comparable(provenance):
            raise TableError(f"{known} states other settings than asked for; choose another --out")
    wanted = NB201.sample(cells, seed=0, population="filtered")
    old = pd.read_parquet(out) if out.exists() else pd.DataFrame({"arch": []})
    parts.mkdir(parents=True, exist_ok=True)
    with atomic_path(parts / "provenance.json") as path:
        path.write_text(dump_json(provenance), encoding="utf-8")
    done = set(old["arch"]) | set(read_parts(parts)["arch"])
    run_sharded(
        [arch for arch in wanted if arch not in done],
        partial(digits_rows, seeds=seeds, settings=settings),
        parts,
        executor=on_processes(workers),
        shard_size=SHARD_SIZE,
        what="training cells",
    )
    new = read_parts(parts)
    table = pd.concat([frame for frame in (old, new) if len(frame)])
    table = table.drop_duplicates("arch").sort_values("arch", ignore_index=True)
    with atomic_path(out) as path:
        table.to_parquet(path, index=False)
    with atomic_path(out.with_suffix(".json")) as path:
        path.write_text(dump_json(provenance | {"cells": len(table)}), encoding="utf-8")
    for file in parts.iterdir():
        file.unlink()
    parts.rmdir()
    return table


def _provenance(seeds: int, settings: DigitsSettings) -> dict[str, Any]:
    return {
        "benchmark": "NAS-Bench-201 cells trained on scikit-learn's digits with Gaussian noise",
        "command": "proxyrank digits build",
        "space": "nb201",
        "population": "filtered",
        "sample_seed": 0,
        "label": "test accuracy in percent, mean over seeds",
        "network": asdict(skeleton_of("digits")) | asdict(data_shape("digits")),
        "seeds": seeds,
        "settings": asdict(settings),
        "versions": {name: version(name) for name in ("proxyrank", "torch", "scikit-learn")},
    }


def _comparable(provenance: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in provenance.items() if key not in {"cells", "versions"}}
