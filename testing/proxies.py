"""The contract of a zero-cost proxy, as a class of tests to inherit.

A proxy of your own is tested by naming it::

    class TestMine(ProxyContract):
        @pytest.fixture
        def proxy(self):
            return mine.PROXY
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.network.passes import READS, Passes
from proxyrank.features.network.score import score_with
from proxyrank.features.network.weights import fill_standard_normal, initialise
from proxyrank.features.proxies import PROXIES, Missing, Proxy, get_proxies
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import DataShape
from proxyrank.spaces.nb201 import NB201, Skeleton
from proxyrank.testing.networks import Dropping, Residual, Viewing

CONFIG, SMALL = DataShape(resolution=8), Skeleton(width=4, depth=1)
DEAD = ("(1, 0, 4, 3, 2, 2)", "(2, 2, 0, 3, 2, 1)", "(3, 1, 2, 2, 3, 1)")
"""Cells of NAS-Bench-201 with operations that cannot matter."""

Values = dict[str, "float | Missing"]


def _cell() -> nn.Module:
    return NB201.network(NB201.sample(1, seed=3)[0], CONFIG, SMALL)


def _perceptron() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(192, 16), nn.ReLU(), nn.Linear(16, 10))


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "cell": _cell,
    "residual": Residual,
    "viewing": Viewing,
    "dropping": Dropping,
    "perceptron": _perceptron,
}
"""Small networks for images of `CONFIG`, by name."""


def module_state(network: nn.Module) -> tuple[Any, ...]:
    """Everything of a module that a proxy must leave alone, in a form that ``==`` compares."""
    digest = hashlib.sha256()
    for name, tensor in network.state_dict().items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    modules = tuple(
        (name, type(module), module.training, [len(getattr(module, h)) for h in hooks], [*module.__dict__])
        for name, module in network.named_modules()
    )
    parameters = tuple(
        (name, id(parameter), parameter.requires_grad, parameter.grad is None)
        for name, parameter in network.named_parameters()
    )
    return digest.hexdigest(), modules, parameters


def _draws() -> tuple[Any, ...]:
    return torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()  # type: ignore[index]  # noqa: NPY002


def _images(size: int = 6, dtype: torch.dtype = torch.float32) -> Batch:
    return noise_batch(CONFIG, size, seed=0, dtype=dtype)


def _closure(names: Sequence[str]) -> set[str]:
    return {name for own in names for name in (own, *_closure(READS[own]))}


def _passes(network: nn.Module, batch: Batch) -> Passes:
    initialise(network, 0)
    return Passes(
        network,
        batch,
        signs=lambda: lambda shape: torch.ones(shape),
        standard_normal=lambda other: fill_standard_normal(other, 0),
    )


class ProxyContract:
    """What holds for every proxy. Override ``proxy``; ``network`` where it needs others than `NETWORKS`."""

    @pytest.fixture
    def proxy(self) -> Proxy:
        """The proxy under test."""
        raise NotImplementedError("override the fixture proxy")

    @pytest.fixture(params=NETWORKS.values(), ids=list(NETWORKS))
    def network(self, request: pytest.FixtureRequest) -> Iterator[nn.Module]:
        """A network for images [B, 3, 8, 8] and ten classes."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            yield request.param()

    def test_facts_are_stated(self, proxy: Proxy) -> None:
        """Columns, directions and settings are of the known kinds."""
        assert proxy.name
        assert proxy.meaning
        assert proxy.paper
        assert len(set(proxy.columns)) == len(proxy.columns) > 0
        others = {c for other in PROXIES.values() if other.name != proxy.name for c in other.columns}
        assert not others.intersection(proxy.columns)
        assert not any(column.endswith("_std") for column in proxy.columns)
        assert proxy.direction in (1, -1)
        assert proxy.version >= 1
        assert {*proxy.settings, *proxy.defaults} <= set(FeatureSettings.model_fields)
        assert set(proxy.reads) <= set(READS)

    def test_finite_or_a_reason(self, proxy: Proxy, network: nn.Module) -> None:
        """Every column has a finite number, or a reason that is no accident."""
        found = score_with(network, _images(), [proxy])
        assert tuple(found) == proxy.columns
        for column, value in found.items():
            if isinstance(value, Missing):
                assert value.reason, column
                assert not value.reason.startswith("failed"), (column, value)
            else:
                assert np.isfinite(value), column

    def test_same_seed_same_bits(self, proxy: Proxy, network: nn.Module) -> None:
        """A value depends on the network, the batch and the seed, not on what was drawn before."""
        first = score_with(network, _images(), [proxy], seed=3)
        torch.rand(7)
        assert score_with(network, _images(), [proxy], seed=3) == first

    def test_other_proxies_do_not_matter(self, proxy: Proxy, network: nn.Module) -> None:
        """The same bits alone, after others and before others."""
        others = [p for p in get_proxies("synflow,naswot,gradsign,zico,jacov") if p.name != proxy.name]
        alone = score_with(network, _images(), [proxy])
        for together in ([proxy, *others], [*others[::-1], proxy]):
            found = score_with(network, _images(), together)
            assert {column: found[column] for column in alone} == alone

    @pytest.mark.parametrize("init", ["kaiming", "keep"])
    def test_caller_is_left_as_it_was(self, proxy: Proxy, network: nn.Module, init: Any) -> None:
        """Weights, mode, hooks and gradients of the network, the images and all random state."""
        network.train()
        next(network.parameters()).requires_grad_(False)
        network.register_forward_hook(lambda *_: None)
        batch = _images()
        assert batch.x2 is not None
        images = batch.x.clone(), batch.x2.clone()
        before = module_state(network), _draws()
        score_with(network, batch, [proxy], init=init, channels_last=not isinstance(network, Viewing))
        assert (module_state(network), _draws()) == before
        assert not batch.x.requires_grad
        assert torch.equal(batch.x, images[0])
        assert torch.equal(batch.x2, images[1])

    def test_shared_passes_are_those_declared(self, proxy: Proxy) -> None:
        """What is not declared might be freed before it is read."""
        passes = _passes(_cell(), _images())
        with suppress(NotApplicableError):  # these images and signs need not give a value
            proxy.compute(passes)
        assert set(READS) & set(passes.__dict__) == _closure(proxy.reads)

    def test_smallest_batch_is_the_one_declared(self, proxy: Proxy) -> None:
        """Defined from there on; a smaller batch has a reason."""
        found = score_with(_cell(), _images(proxy.minimum_batch), [proxy])
        for value in found.values():
            assert not (isinstance(value, Missing) and value.reason.startswith(("failed", "needs a batch")))
        if proxy.minimum_batch > 1:
            with pytest.raises(ValueError, match="batch size must be at least"):
                score_with(_cell(), _images(proxy.minimum_batch - 1), [proxy])

    def test_second_batch_is_read_where_declared(self, proxy: Proxy) -> None:
        """Without one the others have the same values."""
        batch = _images()
        without = score_with(_cell(), Batch(batch.x, batch.y), [proxy])
        if proxy.second_batch:
            assert set(without.values()) == {Missing("needs a second batch")}
        else:
            assert without == score_with(_cell(), batch, [proxy])

    def test_labels_are_read_where_declared(self, proxy: Proxy) -> None:
        """Other labels change nothing else."""
        batch = _images()
        assert batch.x2 is not None
        assert batch.y2 is not None
        place = torch.arange(batch.size)  # another partition of the images, not other names of its parts
        turned = Batch(batch.x, (batch.y + place) % 10, batch.x2, (batch.y2 + place) % 10)
        one, other = (score_with(_cell(), images, [proxy]) for images in (batch, turned))
        assert (one != other) == proxy.labels

    @pytest.mark.parametrize("raw", DEAD)
    def test_dead_operations_matter_only_where_declared(self, proxy: Proxy, raw: str) -> None:
        """Equal networks with equal weights have equal values, unless the proxy depends on what is dead."""
        if "dead" in proxy.depends_on:
            pytest.skip("declared to depend on dead operations")
        cell = NB201.parse(raw)
        whole, lean = (NB201.network(own, CONFIG, SMALL).double() for own in (cell, NB201.canonical(cell)))
        initialise(whole, 0)
        weights = whole.state_dict()
        lean.load_state_dict({name: weights[name] for name in lean.state_dict()})
        batch = _images(dtype=torch.float64)
        one, other = (score_with(network, batch, [proxy], init="keep") for network in (whole, lean))
        for column, value in one.items():
            second = other[column]
            if isinstance(value, Missing) or isinstance(second, Missing):
                assert isinstance(value, Missing) == isinstance(second, Missing), column
            else:  # rounding of sums in another order
                np.testing.assert_allclose(value, second, rtol=1e-6, err_msg=column)
