"""Spaces for the label files that none of the shipped ones reads: options read off the architecture's text.

    D=../shared/data/spaces
    proxyrank train --space benchmarks/field_spaces.py:GRAPH --labels $D/nasbench_graph.parquet \
        --label cora_test --train-size 64 --out ranker

Five spaces of one class each give a ranking with a few dozen labels; a space with graphs or networks, as in
`docs/own-networks.md`, gives a better one.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import mean
from typing import Any

from proxyrank.common.errors import ArchitectureError

Options = dict[str, float | str]


class Described:
    """A space whose architectures are texts, and options of them that a function reads.

    Parameters
    ----------
    name
        Of the space.
    options
        Names of options that are numbers (no choices) and of those that are words.
    describe
        Options of a text; any error in it says that the text is no architecture.
    example
        A text of the space, for messages.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, Sequence[str]],
        describe: Callable[[str], Options],
        example: str,
    ) -> None:
        self.name, self.options = name, options
        self._describe, self._example = describe, example

    def parse(self, text: Any) -> str:
        """The text on one line, if it can be described."""
        line = " ".join(str(text).split())
        self.config(line)
        return line

    def config(self, arch: str) -> Options:
        """Options of an architecture."""
        try:
            found = self._describe(arch)
            bad = [o for o, words in self.options.items() if words and found[o] not in words]
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            bad = ["it"]
        if bad:
            raise ArchitectureError(f"{arch!r:.120}: {bad[0]} cannot be read; expected as {self._example}")
        return found


_GNN = ("gcn", "gat", "graph", "sage", "gin", "cheb", "arma", "fc", "skip")
_LINKS = ("0000", "0001", "0011", "0012", "0013", "0111", "0112", "0122", "0123")
_CELL_OPS = ("linear", "activation_tanh", "activation_sigm", "activation_leaky_relu", "blend")
_CELL_OPS += ("elementwise_sum", "elementwise_prod")
_STAGES, _STAGE_NUMBERS = 7, "rkec"


def _graph(text: str) -> Options:
    links, ops = text.split(":")
    first, second, third, fourth = ops.split(",")
    return {"links": links, "op1": first, "op2": second, "op3": third, "op4": fourth}


def _nasnet(text: str) -> Options:
    digits = [int(digit) for digit in json.loads(text)]
    return {f"digit{place}": digits[place] for place in range(28)}


def _vit(text: str) -> Options:
    given = json.loads(text)
    depth = given["depth"] if isinstance(given["depth"], list) else [given["depth"]]
    ratio = given["mlp_ratio"] if isinstance(given["mlp_ratio"], list) else [given["mlp_ratio"]]
    return {
        "family": "pit" if "base_dim" in given else "autoformer",
        "width": float(given.get("base_dim", given.get("hidden_dim"))),
        "depth": float(sum(depth)),
        "mlp_ratio": float(mean(ratio)),
        "heads": float(mean(given["num_heads"])),
    }


def _recurrent(text: str) -> Options:
    nodes = json.loads(text)

    @cache
    def depth(name: str) -> int:
        return 1 + max(map(depth, nodes[name]["input"]), default=0) if name in nodes else 0

    counts = Counter(node["op"] for node in nodes.values())
    reads = sum(source not in nodes for node in nodes.values() for source in node["input"])
    sums = {"nodes": len(nodes), "depth": max(map(depth, nodes)), "reads": reads}
    return {op: counts[op] for op in _CELL_OPS} | sums


def _stages(text: str) -> Options:
    found: Options = {}
    for number, (stage,) in enumerate(json.loads(text)["arch_def"], start=1):
        for token in stage.split("_")[1:]:
            if token[0] in _STAGE_NUMBERS:
                found[f"{token[0]}{number}"] = int(token[1:])
    found.setdefault("e1", 1)
    return {option: found[option] for option in STAGES.options}


GRAPH = Described(
    "nasbench-graph",
    {"links": _LINKS, **{f"op{i}": _GNN for i in range(1, 5)}},
    _graph,
    "0112:gcn,gat,skip,fc (what each operation reads, and the operations)",
)
NASNET = Described("nasnet-lanas", {f"digit{i}": () for i in range(28)}, _nasnet, "28 numbers in brackets")
VIT = Described(
    "autoprox-vit",
    {"family": ("autoformer", "pit"), "width": (), "depth": (), "mlp_ratio": (), "heads": ()},
    _vit,
    '{"hidden_dim": 192, "mlp_ratio": [4.0], "depth": 12, "num_heads": [3]}',
)
RECURRENT = Described(
    "nasbench-nlp",
    dict.fromkeys((*_CELL_OPS, "nodes", "depth", "reads"), ()),
    _recurrent,
    '{"f": {"op": "linear", "input": ["x", "h_prev_0"]}, ...}',
)
STAGES = Described(
    "archai-mbv2",
    {f"{letter}{number}": () for number in range(1, _STAGES + 1) for letter in _STAGE_NUMBERS},
    _stages,
    '{"arch_def": [["ds_r1_k3_s1_c16"], ["ir_r2_k3_s2_e6_c24"], ...]}',
)
