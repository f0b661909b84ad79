"""What every search space must do; inherit the class in a test module and name the space.

>>> from proxyrank.spaces import get_space
>>> class TestMine(SpaceContract):
...     space = get_space("nb201")
...     bad = ("|nor_conv_3x3~0|",)

What a space does not have is skipped, with the reason.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.features import compute_features, get_group
from proxyrank.spaces import (
    ABILITIES,
    DataShape,
    FullSpace,
    OpGraph,
    SearchSpace,
    canonical,
    equality_key,
    has,
    populations,
    require,
)

GRAPH_GROUPS = ("graf", "paths", "cell", "flow", "raw")


class SpaceContract:
    """Tests of a search space.

    Attributes
    ----------
    space
        The space.
    examples
        Architectures in any spelling; not needed where the space can be sampled.
    spellings
        Groups of spellings that mean one architecture each.
    bad
        What is not an architecture.
    shape
        Images and classes for which networks are built; small ones are quicker.
    """

    space: ClassVar[SearchSpace]
    examples: ClassVar[Sequence[Any]] = ()
    spellings: ClassVar[Sequence[Sequence[Any]]] = ()
    bad: ClassVar[Sequence[Any]] = ("", "no architecture at all")
    shape: ClassVar[DataShape] = DataShape(resolution=16, classes=4)

    def _need(self, *abilities: str) -> FullSpace:
        """The space with abilities; skips where it lacks one."""
        for ability in abilities:
            if not has(self.space, ability):
                pytest.skip(f"{self.space.name} does not have {ABILITIES[ability]}")
        return require(self.space, abilities[0], "this test")

    def _archs(self, n: int = 12) -> list[str]:
        if self.examples:
            return [self.space.parse(text) for text in self.examples][:n]
        if has(self.space, "sample"):
            return require(self.space, "sample", "the contract").sample(n, seed=7)
        return list(require(self.space, "archs", "a contract without examples").archs())[:n]

    def test_parse_is_idempotent(self) -> None:
        for arch in self._archs():
            assert isinstance(arch, str)
            assert self.space.parse(arch) == arch

    def test_blanks_around_are_harmless(self) -> None:
        for arch in self._archs():
            assert self.space.parse(f" {arch}\n") == arch

    def test_equal_spellings_collapse(self) -> None:
        for spellings in self.spellings:
            assert len({self.space.parse(text) for text in spellings}) == 1, spellings

    def test_what_is_no_architecture_is_refused_in_one_line(self) -> None:
        for text in self.bad:
            with pytest.raises(ArchitectureError) as caught:
                self.space.parse(text)
            assert str(caught.value).strip()
            assert "\n" not in str(caught.value)

    def test_lists_are_sorted_and_without_repeats(self) -> None:
        space = self._need("archs")
        every = set(space.archs())
        for name in populations(space):
            archs = list(space.archs(name))
            assert archs == sorted(set(archs)), name
            assert every.issuperset(archs), name
            assert all(space.parse(arch) == arch for arch in archs[:: max(1, len(archs) // 200)])
        with pytest.raises(ProxyrankError, match="population"):
            space.archs("no such population")

    def test_samples_are_seeded_different_and_prefixes(self) -> None:
        space = self._need("sample")
        size = min(12, len(space.archs())) if has(space, "archs") else 12
        many = space.sample(size, seed=1)
        assert len(set(many)) == len(many) == size
        assert all(space.parse(arch) == arch for arch in many)
        assert space.sample(size // 2, seed=1) == many[: size // 2]
        assert len({tuple(space.sample(size, seed=seed)) for seed in range(5)}) > 1
        assert space.sample(0, seed=1) == []

    def test_neighbours_are_other_architectures(self) -> None:
        space = self._need("neighbours")
        for arch in self._archs():
            around = space.neighbours(arch)
            assert around
            assert len(set(around)) == len(around)
            assert arch not in around
            assert all(space.parse(other) == other for other in around)

    def test_canonical_forms_stay(self) -> None:
        space = self._need("canonical")
        for arch in self._archs():
            form = space.canonical(arch)
            assert space.parse(form) == form == space.canonical(form)
            assert equality_key(space, form) == equality_key(space, arch)

    def test_representatives_are_canonical_and_equal(self) -> None:
        space = self._need("representative", "function_key")
        for arch in self._archs():
            one = space.representative(arch)
            assert space.representative(one) == one == canonical(space, one)
            assert space.function_key(one) == space.function_key(arch)

    def test_equal_keys_mean_equal_graphs(self) -> None:
        space = self._need("graph", "function_key")
        for same in (archs for archs in self._equal_networks() if len(archs) > 1):
            rows = {
                compute_features(space, [arch], ["paths"], cache=False).frame.to_numpy().tobytes()
                for arch in same
            }
            assert len(rows) == 1, same

    def _equal_networks(self) -> list[list[str]]:
        """Architectures of one key each, among the sample, what is around it, and its equals."""
        found: dict[str, list[str]] = {}
        for arch in self._archs():
            others = [arch, canonical(self.space, arch)]
            if has(self.space, "neighbours"):
                others += require(self.space, "neighbours", "the contract").neighbours(arch)
            for other in dict.fromkeys(others):
                same = found.setdefault(equality_key(self.space, other), [])
                same.extend([other] if other not in same else [])
        return list(found.values())

    def test_operations_are_listed_once(self) -> None:
        space = self._need("ops")
        labels = [operation.label for operation in space.ops]
        assert labels
        assert len(set(labels)) == len(labels)

    def test_graphs_are_the_same_each_time_and_of_the_listed_operations(self) -> None:
        space = self._need("graph")
        for arch in self._archs():
            graph = space.graph(arch)
            assert isinstance(graph, OpGraph)
            assert graph == space.graph(arch)
            if has(space, "ops"):
                assert set(graph.operations) <= set(space.ops), arch

    def test_every_graph_fills_the_named_places(self) -> None:
        space = self._need("graph", "places")
        for arch in self._archs():
            assert len(space.graph(arch).operations) == len(space.places)

    @pytest.mark.parametrize("name", GRAPH_GROUPS)
    def test_graph_features(self, name: str) -> None:
        space, group = self._need("graph"), get_group(name)
        columns = group.columns(space)
        assert len(set(columns)) == len(columns)
        table = compute_features(space, self._archs(), [name], cache=False)
        assert list(table.frame.columns) == columns
        assert np.isfinite(table.frame.to_numpy()).all(), table.sidecar.status

    def test_networks_answer_every_image_with_a_logit_per_class(self) -> None:
        import torch

        space = self._need("network")
        images = torch.zeros(2, self.shape.channels, self.shape.resolution, self.shape.resolution)
        for arch in self._archs(4):
            with torch.random.fork_rng():
                first, second = (self._seeded(space, arch) for _ in range(2))
            with torch.no_grad():
                assert first.eval()(images).shape == (2, self.shape.classes)
            for one, other in zip(first.parameters(), second.parameters(), strict=True):
                assert torch.equal(one, other)

    def _seeded(self, space: FullSpace, arch: str) -> Any:
        import torch

        torch.manual_seed(0)
        return space.network(arch, self.shape)

    def test_sizes_are_those_of_the_built_network(self) -> None:
        space = self._need("sizes", "network")
        for arch in self._archs(4):
            sizes, tensors = space.sizes(arch, self.shape), list(space.network(arch, self.shape).parameters())
            assert sizes.params == sum(tensor.numel() for tensor in tensors)
            assert sizes.dim == len(tensors)
            lean = space.sizes(canonical(space, arch), self.shape)
            assert space.sizes(arch, self.shape, effective=True) == lean

    def test_architectures_are_one_choice_of_each_option(self) -> None:
        space = self._need("options", "config")
        archs = self._archs()
        configs = [space.config(arch) for arch in archs]
        for config in configs:
            assert list(config) == list(space.options)
            assert all(config[option] in choices for option, choices in space.options.items())
        rows = compute_features(space, archs, ["config"], cache=False).frame
        assert list(rows.columns) == get_group("config").columns(space)
        assert np.isfinite(rows.to_numpy()).all()
        assert len({row.tobytes() for row in rows.to_numpy()}) == len({str(config) for config in configs})

    def test_hyperparameters_are_plain_data(self) -> None:
        space = self._need("hyperparameters")
        assert isinstance(space.hyperparameters, Mapping)
        assert json.loads(json.dumps(dict(space.hyperparameters))) is not None
