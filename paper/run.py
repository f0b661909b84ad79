"""Make tables, write them in every form, and say at the end what was reproduced."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.files import atomic_path, read_json, require_parent, write_json
from proxyrank.common.tabular import json_safe, write_table
from proxyrank.paper.bench import Bench
from proxyrank.paper.render import long_frame, to_html, to_latex, to_markdown
from proxyrank.paper.result import CLOSE, Result
from proxyrank.paper.tables import fig4, table8, table9, table10, toy
from proxyrank.paper.tables.ranking_tables import TABLES as RANKING_TABLES

TABLES: Mapping[str, Callable[[Bench, Path], Result]] = MappingProxyType(
    {
        **{table.name: table for table in RANKING_TABLES},
        **{module.NAME: module.make for module in (table8, table9, table10, fig4, toy)},
    }
)
"""Table of each name."""

KINDS = ("reproduced", "better", "differs", "on other cells", "missing")
"""What `verdicts` tells apart."""


def reproduce(name: str, bench: Bench, out: str | Path) -> Result:
    """Make one table and write ``NAME.json, .csv, .md, .tex`` and its pictures into a folder.

    A table that is there already, made with the same settings, is read back; fits and features that an
    interrupted run finished are not done again. ``index.html`` shows all tables of the folder.

    Raises
    ------
    ProxyrankError
        If the table is unknown, the folder cannot be made, or it holds tables of other labels or features.
    """
    if name not in TABLES:
        raise unknown("table", name, (*TABLES, "all"))
    out = Path(out)
    require_parent(out, "--out")
    _claim(out, bench)
    stated = json_safe(
        {"bench": bench.name, "seeds": bench.seeds, "cells": bench.cells, "train_size": bench.train_size}
    )
    file = out / f"{name}.json"
    if file.exists() and (known := read_json(file)).get("settings") == stated:
        return Result.from_dict(known["result"])
    result = TABLES[name](bench, out)
    write_table(long_frame(result), out / f"{name}.csv")
    for suffix, text in ((".md", to_markdown(result)), (".tex", to_latex(result))):
        with atomic_path(out / f"{name}{suffix}") as path:
            path.write_text(text, encoding="utf-8")
    write_json(json_safe({"settings": stated, "result": result.to_dict()}), file)
    _write_page(out)
    return result


def reproduce_all(
    bench: Bench, out: str | Path, *, on_table: Callable[[str], None] = lambda name: None
) -> list[Result]:
    """Make every table of `TABLES`, as `reproduce` does."""
    results = []
    for name in TABLES:
        on_table(name)
        results.append(reproduce(name, bench, out))
    return results


def _claim(out: Path, bench: Bench) -> None:
    """Make the folder, or see that what it holds, finished fits included, comes from the same data."""
    (out / "parts").mkdir(parents=True, exist_ok=True)
    stated = {
        "bench": bench.name,
        "input": bench.input,
        **bench.fingerprint(),
        "train_size": bench.train_size,
    }
    file = out / "bench.json"
    if not file.exists():
        write_json(stated, file)
    elif (known := read_json(file)) != stated:
        different = next(key for key in stated if known.get(key) != stated[key])
        raise ProxyrankError(
            f"{out}: holds tables of other {different} (see {file.name}); take another --out"
        )


def _write_page(out: Path) -> None:
    files = [out / f"{name}.json" for name in TABLES]
    results = [Result.from_dict(read_json(file)["result"]) for file in files if file.exists()]
    with atomic_path(out / "index.html") as path:
        path.write_text(to_html(results, out, verdicts(results)), encoding="utf-8")


def verdicts(results: Sequence[Result]) -> dict[str, list[str]]:
    """Rows by whether their KT is within `CLOSE` of the published one, and why where they are not."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for result in results:
        for cell in result.cells:
            if cell.metric != "KT" or cell.published is None:
                continue
            place = f"{result.name} {cell.row} {cell.dataset}"
            if cell.difference is None:
                found["missing"].append(f"{place}: {cell.note or 'undefined'}")
            elif cell.of:
                found["on other cells"].append(f"{place} {cell.difference:+.3f}: {cell.n} of {cell.of} cells")
            elif abs(cell.difference) <= CLOSE:
                found["reproduced"].append(place)
            else:
                kind = "better" if cell.difference > 0 else "differs"
                reasons = [cell.verdict if cell.verdict.startswith("inside") else "", cell.note]
                why = "; ".join(filter(None, reasons))
                found[kind].append(f"{place} {cell.difference:+.3f}{': ' if why else ''}{why}")
    return found
