"""Where shards of a long computation run: spawned processes of this machine, or a Ray cluster.

An executor takes a function and its arguments and yields, in the order in which they finish, the position of
each argument and the function's result. It keeps no files: whoever calls it writes what comes back.

Joblib would not do: its loky workers outlive a parent that was killed (seen alive 45 s later), and it cannot
give each of them a GPU of its own.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.queues import Queue

from proxyrank.common._ray import on_ray
from proxyrank.common._standing import standing
from proxyrank.common._workers import AHEAD, A, Executor, R, start_worker
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.optional import optional
from proxyrank.common.threads import resolve_threads

__all__ = ["AHEAD", "Executor", "in_this_process", "make_executor", "on_processes", "on_ray", "standing"]


def in_this_process(function: Callable[[A], R], arguments: Sequence[A]) -> Iterator[tuple[int, R]]:
    """An executor that starts nothing: one argument after the other."""
    for place, argument in enumerate(arguments):
        yield place, function(argument)


def make_executor(*, workers: int | None = None, ray: str | None = None, device: str = "cpu") -> Executor:
    """Where a computation runs, as a person says it.

    Parameters
    ----------
    workers
        Processes of this machine; None takes one per core.
    ray
        Address of a Ray cluster to run on instead.
    device
        Of the networks; unless it is ``cpu``, each process has one GPU, where there are any.

    Raises
    ------
    MissingDependencyError
        If Ray or torch is needed and not installed.
    """
    if ray:
        return on_ray(ray)
    gpus = 0
    if device != "cpu":
        gpus = optional("torch", f"--device {device}", install="torch").cuda.device_count()
    return on_processes(resolve_threads(workers), gpus=[str(i) for i in range(gpus)])


def on_processes(workers: int, *, gpus: Sequence[str] = ()) -> Executor:
    """Spawned processes of one thread each, so that libraries with threads or CUDA of their own are safe.

    Parameters
    ----------
    workers
        How many.
    gpus
        CUDA devices, as in ``CUDA_VISIBLE_DEVICES``: each process sees one of them, and there are at most as
        many processes as devices.

    Raises
    ------
    ProxyrankError
        From the iterator, if a process dies.
    """
    count = min(workers, len(gpus)) if gpus else workers

    def run(function: Callable[[A], R], arguments: Sequence[A]) -> Iterator[tuple[int, R]]:
        context = multiprocessing.get_context("spawn")
        devices: Queue[str] = context.Queue()
        for gpu in gpus:
            devices.put(gpu)
        todo = iter(enumerate(arguments))
        pool = ProcessPoolExecutor(
            min(count, len(arguments)) or 1,
            mp_context=context,
            initializer=start_worker,
            initargs=(devices if gpus else None,),
        )
        running: dict[Future[R], int] = {}
        try:
            while True:
                while len(running) < AHEAD * count and (item := next(todo, None)) is not None:
                    running[pool.submit(function, item[1])] = item[0]
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise ProxyrankError(
                "a worker process died (out of memory, or killed); run the same command again to go on"
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    return run
