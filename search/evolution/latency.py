"""How long a network takes on this machine."""

import statistics
import time
from functools import lru_cache
from typing import cast

from proxyrank.common.threads import one_thread
from proxyrank.spaces import DATASETS, DataShape, SearchSpace, data_shape, get_space, require

WARM, TIMED = 2, 7


def built_for(dataset: str) -> str | DataShape:
    """What a space builds a network for: a name as it is, for it may have networks of its own, or a shape."""
    return dataset if dataset in DATASETS else data_shape(dataset, square=False)


@lru_cache(maxsize=1 << 16)
def latency_ms(space: object, arch: str, dataset: str) -> float:
    """Median milliseconds of a forward pass of one input, on one thread of the CPU, in eval mode.

    It differs from run to run; a search remembers what it measured. Each architecture is measured once in a
    process.

    Parameters
    ----------
    space
        The search space, or the text that finds it.
    arch
        Exact spelling.
    dataset
        Of the input.
    """
    import torch

    where = require(get_space(cast("str | SearchSpace", space)), "network", "a latency")
    shape = data_shape(dataset, square=False)
    with torch.random.fork_rng(devices=[]), torch.inference_mode(), one_thread():
        network = where.network(arch, built_for(dataset)).eval()
        x = torch.zeros(1, *shape.shape, dtype=torch.int64 if shape.words else None)
        seconds = []
        for _ in range(WARM + TIMED):
            begin = time.perf_counter()
            network(x)
            seconds.append(time.perf_counter() - begin)
    return 1000 * statistics.median(seconds[WARM:])
