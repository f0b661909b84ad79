"""``show`` one architecture; ``canonical`` for many: spellings, keys, sizes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pandas as pd
import typer

from proxyrank.cli import arguments, options, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import OpGraph, SearchSpace, arch_columns, get_space, has, parse_all, require

_SIZES = {
    "params": "parameters",
    "flops": "FLOPs (MACs of conv and linear layers)",
    "dim": "parameter tensors (dim)",
}


def show(
    arch: Annotated[str, typer.Argument(help="A cell in either spelling (quote it).")],
    space: options.Space = "nb201",
    dataset: options.OwnDataset = None,
    json: options.Json = False,
) -> None:
    """Explain an architecture: spellings, drawing, keys, sizes."""
    from proxyrank.evaluate import sized_dataset

    where = get_space(space)
    exact = where.parse(arch)
    dataset = dataset or sized_dataset(where)
    facts: dict[str, Any] = {"arch": exact, **_keys(where, exact)}
    if has(where, "graph"):
        facts |= _graph_facts(require(where, "graph", "show").graph(exact))
    if has(where, "sizes"):
        facts |= {"dataset": dataset, "sizes": _sizes(where, exact, dataset)}
    if json:
        output.print_json(facts)
        return
    long = {"nodes", "edges", "sizes", "dataset"}
    output.print_fields({key: facts[key] for key in facts if key not in long})
    if "edges" in facts:
        print()
        print("\n".join(_drawing(facts["edges"], facts.get("nodes", {}))))
    if "sizes" in facts:
        print()
        output.print_rows(
            [f"sizes ({dataset})", "as built", "effective"],
            [
                [_SIZES[name], f"{size['built']:,}", f"{size['effective']:,}"]
                for name, size in facts["sizes"].items()
            ],
        )


def _graph_facts(graph: OpGraph) -> dict[str, Any]:
    live = set(graph.live_edges)
    edges = [
        {"from": e.source, "to": e.target, "op": e.operation.label if e.operation else "", "live": e in live}
        for e in sorted(graph.edges, key=lambda e: (e.source, e.target))
    ]
    nodes = {i: node.operation.label for i, node in enumerate(graph.nodes) if node.operation}
    return {"connected": bool(live), "edges": edges, **({"nodes": nodes} if nodes else {})}


def _sizes(space: SearchSpace, arch: str, dataset: str) -> dict[str, dict[str, int]]:
    sized = require(space, "sizes", "show")
    built, effective = sized.sizes(arch, dataset), sized.sizes(arch, dataset, effective=True)
    return {name: {"built": getattr(built, name), "effective": getattr(effective, name)} for name in _SIZES}


def canonical(
    cells: Annotated[list[str] | None, typer.Argument(help="Cells in either spelling (quote them).")] = None,
    archs: options.Archs = None,
    space: options.Space = "nb201",
    out: options.OutTable = None,
    json: options.Json = False,
) -> None:
    """Give the canonical form and the keys of architectures.

    In the canonical form, operations that cannot matter are set to none.
    """
    from proxyrank.common.arch_files import read_archs
    from proxyrank.common.tabular import write_table

    where = get_space(space)
    if bool(cells) == bool(archs):
        raise ProxyrankError("give cells as arguments, or a file with --archs (one of the two)")
    if archs:
        found = read_archs(arguments.data_path(archs, "--archs"), columns=arch_columns(where))
        texts, places = [text for text, _ in found], [place for _, place in found]
    else:
        texts = list(cells or [])
        places = [f"argument {i}" for i in range(1, len(texts) + 1)]
    exact = parse_all(where, texts, places.__getitem__)
    require(where, "canonical", "canonical")
    frame = pd.DataFrame([{"arch": arch, **_keys(where, arch)} for arch in exact])
    if out:
        write_table(frame, out)
    elif json:
        output.print_json(output.records(frame))
    else:
        for arch in frame["canonical"]:
            print(arch)


def _keys(space: SearchSpace, arch: str) -> dict[str, str]:
    """Other spellings and keys, those that the space has."""
    names = {
        "tuple": "to_tuple",
        "canonical": "canonical",
        "nats_key": "nats_key",
        "function_key": "function_key",
    }
    return {
        name: str(getattr(space, method)(arch)) for name, method in names.items() if hasattr(space, method)
    }


def _drawing(edges: Sequence[dict[str, Any]], nodes: Mapping[int, str]) -> list[str]:
    """One line per edge, from node to node; what cannot matter is marked."""
    last = max((edge["to"] for edge in edges), default=0)
    names = {0: "in", last: "out", **nodes}
    lines = []
    for edge in edges:
        source, target = (names.get(node, str(node)) for node in (edge["from"], edge["to"]))
        arrow = "".join(
            "o" if node == edge["from"] else ">" if node == edge["to"] else
            "-" if edge["from"] < node < edge["to"] else "." for node in range(last + 1)
        )  # fmt: skip
        dead = "" if edge["live"] or edge["op"] == "none" else "   (dead: no way through it)"
        lines.append(f"  {'  '.join(arrow)}   {source:>3} -> {target:<3}  {edge['op']}{dead}")
    return lines
