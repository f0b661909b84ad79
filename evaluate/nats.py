"""Labels from NATS-Bench's own files, through the optional package ``nats_bench``."""

from pathlib import Path

import numpy as np

from proxyrank.common.errors import TableError, unknown
from proxyrank.common.labels import Direction
from proxyrank.common.optional import optional
from proxyrank.common.progress import track
from proxyrank.evaluate.labels import Labels, make_labels
from proxyrank.spaces import SearchSpace, parse_all

DATASETS = ("cifar10", "cifar10-valid", "cifar100", "ImageNet16-120")
METRICS: dict[str, Direction] = {
    "test-accuracy": "max",
    "valid-accuracy": "max",
    "valtest-accuracy": "max",
    "test-loss": "min",
    "valid-loss": "min",
    "valtest-loss": "min",
}
"""Results of a training and whether higher or lower is better."""
EPOCHS = ("12", "200")


def load_nats(
    path: str | Path,
    dataset: str,
    *,
    space: SearchSpace,
    metric: str = "test-accuracy",
    epochs: str = "200",
    option: str = "--labels",
) -> Labels:
    """Labels of all topology cells in a NATS-Bench archive (TPAMI 2021), averaged over the training seeds.

    The archive is made of pickles, and unpickling can run any code: load only files that you trust.

    Parameters
    ----------
    path
        Folder of the archive (``...-simple``, read piece by piece) or its one big file (takes much memory).
    dataset
        One of `DATASETS`.
    space
        The topology space.
    metric
        One of `METRICS`; which exist depends on the data set.
    epochs
        Training schedule, one of `EPOCHS`.
    option
        Command line option that named the path, for messages.

    Raises
    ------
    MissingDependencyError
        If ``nats_bench`` is not installed.
    TableError
        If the path is missing, or data set, metric or schedule are unknown or not in the archive.
    """
    asked = ("dataset", dataset, DATASETS), ("metric", metric, tuple(METRICS)), ("epochs", epochs, EPOCHS)
    for what, value, known in asked:
        if value not in known:
            raise unknown(what, value, known, where="NATS-Bench", error=TableError)
    path = Path(path)
    if not path.exists():
        raise TableError(f"{path}: no such file or folder (from {option})")
    nats_bench = optional("nats_bench", "reading NATS-Bench's own files", install="proxyrank[nats]")
    api = nats_bench.create(str(path), "tss", fast_mode=path.is_dir(), verbose=False)
    count = len(api)
    values = np.empty(count)
    for i in track(range(count), total=count, what="reading NATS-Bench"):
        results = api.get_more_info(i, dataset, hp=epochs, is_random=False)
        if metric not in results:
            raise TableError(f"{path}: no {metric} for {dataset}; there are {', '.join(results)}")
        values[i] = results[metric]
    archs = parse_all(space, map(api.arch, range(count)), lambda i: f"{path}, architecture {i}")
    source = f"{path} ({metric} after {epochs} epochs)"
    return make_labels(archs, values, name=dataset, direction=METRICS[metric], path=source)
