"""Three ways of calling two cells equal: canonical form, NATS-Bench's unique string, same function."""

from itertools import permutations, product

from proxyrank.spaces.nb201.cell import EDGES, NONE, SKIP, Cell, cell_graph

Instance = tuple[str, tuple[int, ...]]
_INPUT = -1


def canonical_cell(cell: Cell) -> Cell:
    """Set operations that no input reaches, or that reach no output, to ``none``."""
    live = {(edge.source, edge.target) for edge in cell_graph(cell).live_edges}
    a, b, c, d, e, f = (op if edge in live else NONE for edge, op in zip(EDGES, cell, strict=True))
    return (a, b, c, d, e, f)


def is_disconnected(cell: Cell) -> bool:
    """Whether no path leads from the input to the output."""
    return not cell_graph(cell).live_edges


def nats_key(cell: Cell) -> str:
    """NATS-Bench's unique string of the cell as written (xautodl ``CellStructure.to_unique_str``).

    It unfolds the graph into an expression, so one shared conv and two separate convs read alike.
    """
    texts = ["0"]
    for node in range(1, 4):
        terms = []
        for (source, target), op in zip(EDGES, cell, strict=True):
            if target != node:
                continue
            if op == NONE or texts[source] == "#":
                terms.append("#")
            elif op == SKIP:
                terms.append(texts[source])
            else:
                terms.append(f"({texts[source]})@{op}")
        texts.append("+".join(sorted(terms)))
    return texts[3]


def function_key(cell: Cell) -> str:
    """Smallest description of the network over all names of its operations: true isomorphism.

    The instances are the non-skip edges of the canonical cell. Each reads a multiset of terms (the input, or
    instances); a skip passes the terms of its source on. The key is the smallest form of (instances, output)
    over renamings, of which only those within classes of provably alike instances are tried.
    """
    return key_of_live(canonical_cell(cell))


def key_of_live(cell: tuple[str, ...]) -> str:
    """`function_key` of a canonical cell; operations but none and skip may have any name."""
    reads, output = _instances(cell)
    colours = _refine(reads, output)
    classes: dict[int, list[int]] = {}
    for index, colour in enumerate(colours):
        classes.setdefault(colour, []).append(index)
    best = min(
        _form(reads, output, [i for group in order for i in group])
        for order in product(*(permutations(classes[colour]) for colour in sorted(classes)))
    )
    return repr(best)


def _instances(cell: tuple[str, ...]) -> tuple[list[Instance], tuple[int, ...]]:
    """Instances as (operation, terms read) and the terms of the output; term -1 is the input."""
    terms: list[tuple[int, ...]] = [(_INPUT,), (), (), ()]
    found: list[Instance] = []
    for (source, target), op in zip(EDGES, cell, strict=True):  # string order: sources are complete
        if op == SKIP:
            terms[target] += terms[source]
        elif op != NONE:
            terms[target] += (len(found),)
            found.append((op, terms[source]))
    return found, terms[3]


def _refine(reads: list[Instance], output: tuple[int, ...]) -> list[int]:
    """Colour of each instance, equal for alike ones: operation, what it reads, who reads it, until stable."""
    size = len(reads)
    readers: list[list[int]] = [[] for _ in range(size)]
    for reader, (_, terms) in enumerate(reads):
        for term in terms:
            if term != _INPUT:
                readers[term].append(reader)
    facts: list[object] = [(op, output.count(i)) for i, (op, _) in enumerate(reads)]
    colours = _number(facts)
    for _ in range(size):
        facts = [
            (
                colours[i],
                tuple(sorted(_INPUT if t == _INPUT else colours[t] for t in reads[i][1])),
                tuple(sorted(colours[r] for r in readers[i])),
            )
            for i in range(size)
        ]
        colours = _number(facts)
    return colours


def _number(facts: list[object]) -> list[int]:
    order = {text: number for number, text in enumerate(sorted({repr(fact) for fact in facts}))}
    return [order[repr(fact)] for fact in facts]


def _form(
    reads: list[Instance], output: tuple[int, ...], order: list[int]
) -> tuple[tuple[Instance, ...], tuple[int, ...]]:
    name = {old: new for new, old in enumerate(order)} | {_INPUT: _INPUT}
    return (
        tuple((reads[old][0], tuple(sorted(name[t] for t in reads[old][1]))) for old in order),
        tuple(sorted(name[t] for t in output)),
    )
