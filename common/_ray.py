"""Tasks on a Ray cluster."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from proxyrank.common._workers import AHEAD, THREAD_VARIABLES, A, Executor, R
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.optional import optional
from proxyrank.common.progress import silence


def on_ray(address: str) -> Executor:
    """Tasks of one CPU each on a Ray cluster; Ray runs those of a lost worker or node again.

    Parameters
    ----------
    address
        As ``ray.init`` takes it: ``auto``, ``host:6379``, ``ray://host:10001``, or ``local`` for a cluster of
        this machine only. The nodes need proxyrank installed.

    Raises
    ------
    MissingDependencyError
        If Ray is not installed.
    ProxyrankError
        From the iterator, if the cluster cannot be reached.
    """
    ray = optional("ray", "--ray", install="proxyrank[ray]")

    def run(function: Callable[[A], R], arguments: Sequence[A]) -> Iterator[tuple[int, R]]:
        started = not ray.is_initialized()
        if started:
            _connect(ray, address)
        environment = {"env_vars": dict.fromkeys(THREAD_VARIABLES, "1")}
        task: Any = ray.remote(num_cpus=1, max_retries=-1, runtime_env=environment)(_quietly)
        kept = ray.put(function)
        todo = iter(enumerate(arguments))
        running: dict[Any, int] = {}
        try:
            while True:
                cores: dict[str, float] = ray.cluster_resources()
                ahead = AHEAD * max(1, int(cores.get("CPU", 1)))
                while len(running) < ahead and (item := next(todo, None)) is not None:
                    running[task.remote(kept, item[1])] = item[0]
                if not running:
                    break
                (ready,), _ = ray.wait(list(running), num_returns=1)
                yield running.pop(ready), ray.get(ready)
        finally:
            for reference in running:
                ray.cancel(reference, force=True)
            if started:
                ray.shutdown()

    return run


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """An executor of `on_ray` whose connection lasts as long as the block, for many short calls.

    Raises
    ------
    MissingDependencyError
        If Ray is not installed.
    ProxyrankError
        If the cluster cannot be reached.
    """
    ray = optional("ray", "--ray", install="proxyrank[ray]")
    started = not ray.is_initialized()
    if started:
        _connect(ray, address)
    try:
        yield on_ray(address)
    finally:
        if started:
            ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ProxyrankError(f"--ray {address}: no such cluster can be reached ({first})") from None


def _quietly(function: Callable[[A], R], argument: A) -> R:
    silence()
    return function(argument)
