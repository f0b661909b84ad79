"""How long a network takes on this machine."""

import statistics
import time
from functools import lru_cache
from typing import cast

from proxyrank.common.threads import one_thread
from proxyrank.spaces import DATASETS, SearchSpace, data_shape, get_space, require

WARM, TIMED = 2, 7


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
        network = where.network(arch, dataset if dataset in DATASETS else shape).eval()
        x = torch.zeros(1, *shape.shape, dtype=torch.int64 if shape.words else None)
        seconds = []
        for _ in range(WARM + TIMED):
            begin = time.perf_counter()
            network(x)
            seconds.append(time.perf_counter() - begin)
    return 1000 * statistics.median(seconds[WARM:])
