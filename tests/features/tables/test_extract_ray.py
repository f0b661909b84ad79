"""Extraction on a Ray cluster of two nodes, one of which loses its workers midway: the same bytes."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxyrank.common._ray import on_ray
from proxyrank.features.tables.extract import extract
from proxyrank.spaces import get_space

ray = pytest.importorskip("ray", reason="Ray is not installed (pip install proxyrank[ray])")

SPACE = get_space("nb201")
SETTINGS = {"dataset": "digits", "batch_size": 8, "seed": 0}
PATIENCE = 120  # seconds for Ray to start a worker on a busy machine


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


def killed_on(node: str, marks: Path, function):
    """`function`, but the first task on `node` says who it is and waits for its death; others wait for that.

    So the kill meets a busy worker of that node however fast or slow the machine is.
    """

    def run(argument):
        import ray

        mark = marks / "pid"
        if ray.get_runtime_context().get_node_id() == node and not mark.exists():
            mark.with_suffix(".new").write_text(str(os.getpid()))
            mark.with_suffix(".new").rename(mark)
            time.sleep(PATIENCE)
        end = time.monotonic() + PATIENCE
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.05)
        return function(argument)

    return run


def test_a_node_loses_its_worker_and_the_table_is_complete(cluster, tmp_path):
    archs = SPACE.sample(24, seed=7)
    second = cluster.list_all_nodes()[1].node_id
    killed: list[int] = []

    def kill():
        mark, end = tmp_path / "pid", time.monotonic() + PATIENCE
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.05)
        killed.append(int(mark.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    def watched(function, arguments):
        killer = threading.Thread(target=kill)
        killer.start()
        yield from on_ray(cluster.address)(killed_on(second, tmp_path, function), arguments)
        killer.join()

    done = extract(SPACE, archs, "zcs,graf", tmp_path / "ray.parquet", executor=watched, settings=SETTINGS)
    assert killed, "no worker of the second node was found busy"
    assert done.rows == len(archs)
    extract(SPACE, archs, "zcs,graf", tmp_path / "here.parquet", executor=in_this_process, settings=SETTINGS)
    for end in (".parquet", ".json"):
        assert (tmp_path / f"ray{end}").read_bytes() == (tmp_path / f"here{end}").read_bytes()
