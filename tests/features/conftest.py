"""Reference networks and inputs rebuilt from formulas; random graphs and literal ways of walking them."""

import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from proxyrank.features import cache_folder
from proxyrank.spaces import DataShape, Edge, Operation, OpGraph, get_space
from proxyrank.spaces.base import SearchSpace
from proxyrank.spaces.nb201 import NB201, Skeleton
from proxyrank.testing.proxies import module_state

_REPOSITORY = Path(__file__).resolve().parents[2]


def reference_folder() -> Path:
    """Folder of reference.json; skips the test when there is none."""
    folder = Path(os.environ.get("PROXYRANK_REFERENCE") or _REPOSITORY.parent / "shared" / "reference")
    if not (folder / "reference.json").is_file():
        pytest.skip(f"no reference.json in {folder} (set PROXYRANK_REFERENCE)")
    return folder


def _finite(value: Any) -> Any:
    """Numbers for the strings "NaN", "Infinity" and "-Infinity", all through a JSON value."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    return value


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@dataclass(frozen=True)
class Setting:
    """One of the reference's settings: the skeleton, the batch size, the networks that have values."""

    name: str
    config: DataShape
    skeleton: Skeleton
    batch: int
    nets: tuple[int, ...]


class Reference:
    """Values of reference.json, and the networks and data that they belong to.

    ``which`` is 1 (seed-7 images, seed-9 labels) or 2 (seed 8 and 10) everywhere.
    """

    def __init__(self, folder: Path) -> None:
        self.data: dict[str, Any] = _finite(json.loads((folder / "reference.json").read_text()))
        self.archs: list[str] = [entry["arch"] for entry in self.data["archs"]]
        self.fingerprints: dict[str, Any] = self.data["fingerprints"]

    def setting(self, name: str) -> Setting:
        given = self.data["settings"][name]
        config = DataShape(classes=given["num_classes"], resolution=given["R"])
        skeleton = Skeleton(width=given["C"], depth=given["N"])
        return Setting(name, config, skeleton, given["B"], tuple(given["nets"]))

    def values(self, setting: str, net: int, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
        """Published values of one network: ``vkdnw`` and one entry a proxy."""
        entry = next(entry for entry in self.data["results"][setting] if entry["net"] == net)
        return dict(entry[str(dtype).removeprefix("torch.")])

    def network(
        self, setting: str, net: int, dtype: torch.dtype = torch.float64, *, zen: bool = False
    ) -> torch.nn.Module:
        """A fresh network in train mode; ``zen`` leaves out the factor sqrt(2 / fan_in)."""
        state = torch.get_rng_state()
        known = self.setting(setting)
        network = NB201.network(self.archs[net], known.config, known.skeleton)
        torch.set_rng_state(state)
        with torch.no_grad():
            for i, (name, parameter) in enumerate(network.named_parameters()):
                if parameter.dim() < 2:
                    parameter.fill_(0.0 if name.endswith("bias") else 1.0)
                    continue
                shape = tuple(parameter.shape)
                draw = _generator(1000 * net + i).standard_normal(shape)
                scale = 1.0 if zen else math.sqrt(2.0 / math.prod(shape[1:]))
                parameter.copy_(torch.from_numpy((draw * scale).astype(np.float32)))
        return network.to(dtype).train()

    def inputs(self, setting: str, which: int = 1, dtype: torch.dtype = torch.float64) -> torch.Tensor:
        given = self.setting(setting)
        shape = (given.batch, given.config.channels, given.config.resolution, given.config.resolution)
        draw = _generator({1: 7, 2: 8}[which]).standard_normal(shape).astype(np.float32)
        return torch.from_numpy(draw).to(dtype)

    def labels(self, setting: str, which: int = 1) -> torch.Tensor:
        given = self.setting(setting)
        draw = _generator({1: 9, 2: 10}[which]).integers(0, given.config.classes, size=given.batch)
        return torch.from_numpy(draw)

    def signs(self) -> "SignGenerator":
        """A fresh generator of trainability's signs; one for each evaluation."""
        return SignGenerator()


class SignGenerator:
    """Random signs of PCG64(11): call it with a shape, from the last block to the first."""

    def __init__(self) -> None:
        self._rng = _generator(11)

    def bits(self, shape: tuple[int, ...]) -> np.ndarray:
        return self._rng.integers(0, 2, size=shape)

    def __call__(self, shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> torch.Tensor:
        return torch.from_numpy(2 * self.bits(tuple(shape)) - 1).to(dtype)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference(reference_folder())


@pytest.fixture(scope="session")
def hash_state() -> Any:
    """`module_state`, for tests in folders below."""
    return module_state


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


OPS = {
    "skip": Operation("skip", name="s"),
    "none": Operation("none", name="n"),
    "conv3x3": Operation("conv", 3, name="c3"),
    "conv1x1": Operation("conv", 1, name="c1"),
    "pool": Operation("pool", 3, name="p"),
}


def _random_graph(seed: int, *, weights: tuple[float, ...] = (0.25, 0.15, 0.2, 0.2, 0.2)) -> OpGraph:
    """3 to 6 nodes, most pairs joined, some of them twice."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 7))
    edges = []
    for source in range(n):
        for target in range(source + 1, n):
            for _ in range(rng.choice([0, 1, 2], p=[0.25, 0.6, 0.15])):
                kind = str(rng.choice(list(OPS), p=weights))
                edges.append(Edge(source, target, OPS[kind]))
    rng.shuffle(edges)  # type: ignore[arg-type]
    return OpGraph.on_edges(n, edges)


@pytest.fixture(scope="session")
def random_graphs() -> list[OpGraph]:
    return [_random_graph(seed) for seed in range(150)]


@pytest.fixture(scope="session")
def routes() -> Callable[..., list[tuple[Edge, ...]]]:
    """All paths between two nodes, as tuples of edges, by plain recursion."""

    def walk(graph: OpGraph, end: int | None = None, start: int = 0) -> list[tuple[Edge, ...]]:
        end = graph.n_nodes - 1 if end is None else end
        if start == end:
            return [()]
        return [
            (edge, *rest)
            for edge in graph.edges
            if edge.source == start and edge.target <= end
            for rest in walk(graph, end, edge.target)
        ]

    return walk


@pytest.fixture(scope="session")
def live_routes(routes: Callable[..., list[tuple[Edge, ...]]]) -> Callable[..., list[tuple[Edge, ...]]]:
    """Paths from the input to a node along edges that are not ``none``."""

    def walk(graph: OpGraph, end: int | None = None) -> list[tuple[Edge, ...]]:
        return [path for path in routes(graph, end) if all(edge.operation.family != "none" for edge in path)]

    return walk


@pytest.fixture(scope="session")
def respell() -> Callable[[OpGraph, int], OpGraph]:
    """The same network in other words: nodes in another topological order, values passed on by new skips."""

    def rename(graph: OpGraph, seed: int) -> OpGraph:
        rng = np.random.default_rng(seed)
        edges = [(e.source, e.target, e.operation) for e in graph.edges]
        n = graph.n_nodes
        for i in rng.permutation(len(edges))[:2]:  # read one value through a node of its own
            source, target, operation = edges[i]
            edges[i] = (n, target, operation)
            edges.append((source, n, OPS["skip"]))
            n += 1
        order: list[int] = []
        while len(order) < n:
            last = graph.n_nodes - 1
            ready = [
                v
                for v in range(n)
                if v not in order
                and all(s in order for s, t, _ in edges if t == v)
                and (v != last or len(order) == n - 1)
                and (v == 0 or order)
            ]
            order.append(int(rng.choice(ready)))
        place = {v: i for i, v in enumerate(order)}
        renamed = [Edge(place[s], place[t], operation) for s, t, operation in edges]
        rng.shuffle(renamed)  # type: ignore[arg-type]
        return OpGraph.on_edges(n, renamed)

    return rename


@pytest.fixture(scope="session")
def space() -> SearchSpace:
    return get_space("nb201")


@pytest.fixture(scope="session")
def equal_cells(space: SearchSpace) -> list[list[str]]:
    """Cells of one function key, dead operations included: 150 of the classes with several members."""
    classes: dict[str, list[str]] = {}
    for arch in space.archs():
        classes.setdefault(space.function_key(arch), []).append(arch)
    several = [members for _, members in sorted(classes.items()) if len(members) > 1]
    picks = np.random.default_rng(0).choice(len(several), 150, replace=False)
    return [several[i][:6] for i in picks]


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test alone; gives its folder."""
    monkeypatch.setenv("PROXYRANK_CACHE", f"{tmp_path}/cache")
    return cache_folder()
