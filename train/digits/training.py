"""One training of one network on noisy digits, on one thread."""

from functools import lru_cache

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

from proxyrank.common.seeds import derive_rng, derive_seed
from proxyrank.spaces import get_space, require
from proxyrank.train.digits.benchmarks import DATASET, Benchmark, DigitsSettings


@lru_cache(maxsize=1)
def digits_tensors(settings: DigitsSettings) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Images [n, 3, 8, 8] and labels [n] of the training and of the test part, the same in every run."""
    digits = load_digits()
    rng = derive_rng("digits", "images")
    order = rng.permutation(len(digits.target))
    images = digits.images[order].astype(np.float64)
    train = images[: settings.train_images]
    images = (images - train.mean()) / train.std()
    images = images + settings.noise * rng.standard_normal(images.shape)
    x = torch.from_numpy(images.astype(np.float32))[:, None].repeat(1, 3, 1, 1)
    y, cut = torch.from_numpy(digits.target[order].astype(np.int64)), settings.train_images
    return x[:cut], y[:cut], x[cut:], y[cut:]


def train_arch(benchmark: Benchmark, arch: str, seed: int, settings: DigitsSettings) -> float:
    """Test accuracy in percent after training.

    The value depends on the network, the seed and the settings only (on one kind of machine: other processors
    round differently). Torch's global generator is left as it was.

    Parameters
    ----------
    benchmark
        Whose network it is.
    arch
        Exact spelling of its architecture.
    seed
        Chooses the initial weights and the order of the batches.
    settings
        Of the training.
    """
    space = require(get_space(benchmark.space), "network", f"the benchmark {benchmark.name}")
    x_train, y_train, x_test, y_test = digits_tensors(settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(benchmark.name, arch, seed))
        network = space.network(arch, DATASET)
        _kaiming(network)
        steps = settings.epochs * -(-len(x_train) // settings.batch_size)
        optimiser = torch.optim.SGD(
            network.parameters(),
            lr=settings.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
            nesterov=True,
        )
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        network.train()
        for _ in range(settings.epochs):
            for batch in torch.split(torch.randperm(len(x_train)), settings.batch_size):
                optimiser.zero_grad()
                functional.cross_entropy(network(x_train[batch]), y_train[batch]).backward()  # type: ignore[no-untyped-call]
                if settings.clip is not None:
                    nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
                optimiser.step()
                schedule.step()
    network.eval()
    with torch.no_grad():
        hits = int((network(x_test).argmax(1) == y_test).sum())
    return 100.0 * hits / len(y_test)


def _kaiming(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
