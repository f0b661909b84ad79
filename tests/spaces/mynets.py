"""An example of a search space outside the package: three nodes that read the input or one another."""

from collections.abc import Iterator
from itertools import product

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces import ListedSpace, Node, Operation, OpGraph

FAMILIES = {"s": ("conv", 3), "b": ("conv", 5), "p": ("pool", 3), "i": ("skip",)}
OPS = {letter: Operation(*family) for letter, family in FAMILIES.items()}
WIDTHS = {"s": 16, "b": 32, "p": 16, "i": 16}


class MyNets(ListedSpace):
    """``b0.s1.p0``: a letter per node and what it reads (0: the input); the output concatenates the nodes."""

    name = "mynets"
    ops = tuple(OPS.values())

    def parse(self, text: object) -> str:
        tokens = str(text).strip().split(".")
        for position, token in enumerate(tokens, start=1):
            if len(token) != 2 or token[0] not in OPS or token[1] not in "012"[:position]:
                raise ArchitectureError(f"{text!r}: node {position} is no letter of sbpi with a node to read")
        if len(tokens) != 3:
            raise ArchitectureError(f"{text!r} has {len(tokens)} nodes, expected 3, as in b0.s1.p0")
        return ".".join(tokens)

    def listed(self) -> Iterator[str]:
        places = [[letter + str(source) for letter in OPS for source in range(i)] for i in (1, 2, 3)]
        return map(".".join, product(*places))

    def graph(self, arch: str) -> OpGraph:
        tokens = self.parse(arch).split(".")
        inner = [Node(OPS[letter], width=WIDTHS[letter]) for letter, _ in tokens]
        reads = [(int(token[1]), i) for i, token in enumerate(tokens, start=1)]
        return OpGraph.on_nodes([Node(), *inner, Node(merge="concat")], [*reads, (1, 4), (2, 4), (3, 4)])


SPACE = MyNets()
