"""Extraction on a Ray cluster of two nodes, one of which loses its workers midway: the same bytes."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxyrank.common.executors import on_ray
from proxyrank.features.extract import extract
from proxyrank.spaces import get_space

ray = pytest.importorskip("ray", reason="Ray is not installed (pip install proxyrank[ray])")

SPACE = get_space("nb201")
SETTINGS = {"dataset": "digits", "batch_size": 8, "seed": 0}


@pytest.fixture
def cluster(monkeypatch) -> Iterator[object]:
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    found = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False, "object_store_memory": 100_000_000},
    )
    found.add_node(num_cpus=1, object_store_memory=100_000_000)
    found.wait_for_nodes()
    yield found
    ray.shutdown()
    found.shutdown()


def in_this_process(function, arguments):
    """An executor for comparison: one after the other."""
    yield from ((i, function(argument)) for i, argument in enumerate(arguments))


def workers_of(raylet: int) -> list[int]:
    """Processes that a node's raylet started and that run a task of ours."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                title = (entry / "cmdline").read_text()
            except OSError:
                continue
            if int(stat[1]) == raylet and "ray::_quietly" in title:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="finds the worker through /proc")
def test_a_node_loses_its_worker_and_the_table_is_complete(cluster, tmp_path):
    archs = SPACE.sample(24, seed=7)
    killed: list[int] = []

    def watched(function, arguments):
        """`on_ray`, with a kill after the second result."""
        for count, result in enumerate(on_ray(cluster.address)(function, arguments)):
            if count >= 1 and not killed:
                node = cluster.list_all_nodes()[1]
                raylet = node.all_processes["raylet"][0].process.pid
                for pid in workers_of(raylet):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            yield result

    done = extract(SPACE, archs, "zcs,graf", tmp_path / "ray.parquet", executor=watched, settings=SETTINGS)
    assert killed, "no worker of the second node was found busy"
    assert done.rows == len(archs)
    extract(SPACE, archs, "zcs,graf", tmp_path / "here.parquet", executor=in_this_process, settings=SETTINGS)
    for end in (".parquet", ".json"):
        assert (tmp_path / f"ray{end}").read_bytes() == (tmp_path / f"here{end}").read_bytes()
