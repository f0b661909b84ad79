"""Executors that stand: their processes are started once and serve many short computations."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from proxyrank.common._ray import connected
from proxyrank.common._workers import A, Executor, R, start_worker
from proxyrank.common.errors import ProxyrankError


@contextmanager
def standing(workers: int, *, ray: str | None = None) -> Iterator[Executor]:
    """An executor for many calls of few arguments each.

    Parameters
    ----------
    workers
        Spawned processes of one thread each; with 1, everything runs in this process.
    ray
        Address of a Ray cluster to run on instead (`on_ray`), connected to once.

    Raises
    ------
    MissingDependencyError
        If Ray is asked for and not installed.
    ProxyrankError
        From the iterator, if a process dies, or the cluster cannot be reached.
    """
    if ray:
        with connected(ray) as executor:
            yield executor
    elif workers == 1:
        yield _here
    else:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=start_worker, initargs=(None,))
        try:
            yield _in_pool(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _here(function: Callable[[A], R], arguments: Sequence[A]) -> Iterator[tuple[int, R]]:
    yield from ((place, function(argument)) for place, argument in enumerate(arguments))


def _in_pool(pool: ProcessPoolExecutor) -> Executor:
    def run(function: Callable[[A], R], arguments: Sequence[A]) -> Iterator[tuple[int, R]]:
        try:
            running = {pool.submit(function, argument): place for place, argument in enumerate(arguments)}
            for future in as_completed(running):
                yield running[future], future.result()
        except BrokenProcessPool:
            raise ProxyrankError(
                "a worker process died (out of memory, or killed); run the same command again to go on"
            ) from None

    return run
