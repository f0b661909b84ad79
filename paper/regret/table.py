"""The table of searches: every line, method and seed in one run that goes on where it was stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from proxyrank.common.errors import NotApplicableError, ProxyrankError, unknown
from proxyrank.common.files import atomic_path, read_json, require_parent, write_json
from proxyrank.common.pictures import save_figure
from proxyrank.common.tabular import json_safe, write_table
from proxyrank.paper.regret.curves import plot_curves
from proxyrank.paper.regret.lines import LINES, Line, open_bench
from proxyrank.paper.regret.proxies import RULE, evolution_by_proxies, proxy_values
from proxyrank.paper.render import long_frame, to_latex, to_markdown
from proxyrank.paper.result import Cell, Result, mean_and_std
from proxyrank.search.regret import METHODS, Bench
from proxyrank.search.regret.methods import Method, regrets

STANDS_IN = {"cifar100": "cifar10"}
"""Data set whose proxies stand in where those of some networks are not shipped: images of one size."""

NAME, TITLE = (
    "search",
    "searches by regret: distance of the best trained network to the best of all",
)
BY_PROXIES = f"evolution by {RULE}"
AT = (32, 64, 100, 128, 150)
"""Numbers of trained networks at which the table states the regret."""


def chosen(names: str | None, known: Sequence[str], kind: str) -> list[str]:
    """Names separated by commas, all where there are none. Raises ProxyrankError at an unknown one."""
    wanted = list(known) if names is None else [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in known:
            raise unknown(kind, name, known)
    return wanted


def reproduce_search(
    folder: str | Path,
    out: str | Path,
    *,
    only: str | None = None,
    methods: str | None = None,
    seeds: Sequence[int] = tuple(range(20)),
    on_part: Callable[[str], None] = lambda text: None,
) -> Result:
    """Play every method on every line with every seed; write ``search.json, .csv, .md, .tex`` and pictures.

    Each run is kept in ``parts`` as soon as it is there and not done again.

    Parameters
    ----------
    folder
        Where the tables of labels are; a line whose file is not there says so.
    out
        Folder of the results, made if absent.
    only, methods
        Names of lines and methods, separated by commas; None takes all.
    seeds
        Of the runs.
    on_part
        Told what is done next.

    Raises
    ------
    ProxyrankError
        If a line or a method is unknown or the folder cannot be made.
    """
    lines = [LINES[name] for name in chosen(only, list(LINES), "line of the table of searches")]
    wanted, out = chosen(methods, [*METHODS, BY_PROXIES], "method"), Path(out)
    require_parent(out, "--out")
    (out / "parts").mkdir(parents=True, exist_ok=True)
    result = Result(NAME, TITLE)
    for line in lines:
        curves, reason = _curves(line, wanted, seeds, Path(folder), out / "parts", on_part)
        for method in wanted:
            result.cells += _cells(line, method, curves.get(method, []), reason)
        if curves:
            result.pictures.append(f"{line.name}.png")
            save_figure(plot_curves(curves, title=line.title), out / result.pictures[-1])
        _write(result, out)
    return result


def _curves(
    line: Line,
    methods: Sequence[str],
    seeds: Sequence[int],
    folder: Path,
    parts: Path,
    on_part: Callable[[str], None],
) -> tuple[Mapping[str, list[list[float]]], str]:
    """Curves of regret [budget] by method, one a seed; or why there are none."""
    files = {
        (method, seed): parts / f"{line.name}-{method.replace(' ', '_')}-{seed}.json"
        for method in methods
        for seed in seeds
    }
    curves: dict[str, list[list[float]]] = {}
    bench: Bench | None = None
    for (method, seed), file in files.items():
        if not file.exists():
            try:
                bench = bench or open_bench(line, folder)
                play = _method(method, bench, line)
            except NotApplicableError:
                continue
            except ProxyrankError as error:
                return curves, str(error)
            on_part(f"{line.title}, {method}, seed {seed}")
            write_json(regrets(bench, play(bench, seed, line.budget), line.budget), file)
        curves.setdefault(method, []).append(read_json(file))
    return curves, ""


def _method(name: str, bench: Bench, line: Line) -> Method:
    if name != BY_PROXIES:
        return METHODS[name]
    if line.space != "nb201":
        raise NotApplicableError("proxies are shipped for NAS-Bench-201")
    return partial(evolution_by_proxies, values=proxy_values(bench, STANDS_IN.get(line.label, line.label)))


def _cells(line: Line, method: str, curves: Sequence[Sequence[float]], reason: str) -> list[Cell]:
    """Mean regret at some numbers of trained networks, and in how many runs the best was found."""
    at = [count for count in AT if count <= line.budget]
    if not curves:
        return [Cell(method, line.title, f"regret@{count}", None, note=reason) for count in at]
    cells = []
    for count in at:
        mean, std = mean_and_std([curve[count - 1] for curve in curves])
        cells.append(Cell(method, line.title, f"regret@{count}", mean, std, seeds=len(curves)))
    found = float(np.mean([curve[-1] == 0 for curve in curves]))
    cells.append(Cell(method, line.title, f"found by {line.budget}", found, seeds=len(curves)))
    return cells


def by_line(result: Result) -> list[Result]:
    """A table per benchmark: five numbers a row are read, twenty are not."""
    tables: dict[str, Result] = {}
    for cell in result.cells:
        own = tables.setdefault(cell.dataset, Result(f"{NAME}, {cell.dataset}", TITLE))
        own.cells.append(replace(cell, dataset="", note=""))
        if cell.note and cell.note not in own.notes:
            own.notes.append(cell.note)
    return list(tables.values())


def _write(result: Result, out: Path) -> None:
    """All forms of the table."""
    write_table(long_frame(result), out / f"{NAME}.csv")
    for suffix, form in ((".md", to_markdown), (".tex", to_latex)):
        with atomic_path(out / f"{NAME}{suffix}") as path:
            path.write_text("\n".join(map(form, by_line(result))), encoding="utf-8")
    write_json(json_safe({"result": result.to_dict()}), out / f"{NAME}.json")
