"""No module imports itself by way of others: at load, when first used, by name, or for types."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

import proxyrank

ROOT = Path(proxyrank.__file__).parent

TYPES_ONLY: frozenset[tuple[str, str]] = frozenset()
"""Imports (importer, imported) for type checkers only that may close a circle; none does."""

OTHER_NAMES = {"proxyrank", "proxyrank.spaces"}
"""Texts that name something else than the module: the package, a group of entry points."""

Edges = dict[str, set[str]]


def imports(*, types: bool) -> Edges:
    """Modules that each module imports, those inside functions too; ``types``: those for checkers."""
    graph = grimp.build_graph("proxyrank", exclude_type_checking_imports=not types, cache_dir=None)
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def named(module: str, modules: set[str]) -> set[str]:
    """Modules that a module names in texts, as registries do: whole names, or all below ``proxyrank.x.``."""
    base = ROOT.joinpath(*module.split(".")[1:])
    file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            prefix = node.value.startswith("proxyrank.") and node.value.endswith(".")
            found |= {m for m in modules if m == node.value or (prefix and m.startswith(node.value))}
    return found - {module, *OTHER_NAMES}


def circle(edges: Edges) -> list[str]:
    """Modules of one circle, or none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_circles_are_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


def test_lazy_and_named_imports_are_seen() -> None:
    edges = imports(types=False)
    modules = set(edges)
    assert "proxyrank.evaluate.nats" in modules
    assert "proxyrank.train.tuned" in edges["proxyrank.cli.train"]  # inside a function
    assert "proxyrank.models.estimators.lightgbm" in named("proxyrank.models.catalogue", modules)


@pytest.mark.parametrize("types", [False, True], ids=["run time", "with types"])
def test_no_circle(types: bool) -> None:
    edges = imports(types=types)
    modules = set(edges)
    for module in modules:
        edges[module] |= named(module, modules)
    for importer, imported in TYPES_ONLY:
        edges[importer].remove(imported)
    assert not (found := circle(edges)), " -> ".join(found)
