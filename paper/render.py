"""A reproduced table as text: CSV, Markdown, LaTeX, HTML."""

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from proxyrank.paper.result import Cell, Result


def long_frame(result: Result) -> pd.DataFrame:
    """One line a number."""
    rows = [{**vars(cell), "difference": cell.difference, "verdict": cell.verdict} for cell in result.cells]
    return pd.DataFrame(rows)


def wide_rows(result: Result) -> tuple[list[str], list[list[str]]]:
    """Header and rows for people: a column a data set and metric, ours and the published number behind it."""
    keys = list(dict.fromkeys((cell.dataset, cell.metric) for cell in result.cells))
    by_place = {(cell.row, cell.dataset, cell.metric): cell for cell in result.cells}
    header = ["ranking", *(f"{dataset} {metric}" for dataset, metric in keys)]
    rows = [
        [row, *(_text(by_place.get((row, *key))) for key in keys)]
        for row in dict.fromkeys(cell.row for cell in result.cells)
    ]
    return header, rows


def _text(cell: Cell | None) -> str:
    if cell is None or (cell.ours is None and cell.published is None):
        return ""
    digits = 2 if cell.metric == "top1" else 3
    ours = "-" if cell.ours is None else f"{cell.ours:.{digits}f}"
    if cell.ours is not None and cell.std is not None:
        ours += f" ± {cell.std:.{digits}f}"
    return ours if cell.published is None else f"{ours} ({cell.published:.{digits}f})"


def to_markdown(result: Result) -> str:
    """GitHub table with a title and notes."""
    header, rows = wide_rows(result)
    lines = [f"## {result.name}: {result.title}", "", _pipes(header), _pipes(["---"] * len(header))]
    lines += [_pipes(row) for row in rows]
    lines += ["", "Ours ± std (published).", *(f"- {note}" for note in _notes(result))]
    return "\n".join(lines) + "\n"


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def to_latex(result: Result) -> str:
    """A tabular."""
    header, rows = wide_rows(result)
    escape = str.maketrans({"_": r"\_", "%": r"\%", "&": r"\&", "±": r"$\pm$"})
    lines = [rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}", r"\toprule"]
    lines += [" & ".join(cell.translate(escape) for cell in row) + r" \\" for row in (header, *rows)]
    lines.insert(3, r"\midrule")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def to_html(results: Sequence[Result], folder: Path, judged: Mapping[str, Sequence[str]]) -> str:
    """One page with all tables, verdicts and pictures, nothing loaded from elsewhere.

    Parameters
    ----------
    results
        The tables.
    folder
        Where their pictures are.
    judged
        Verdict -> rows, as `proxyrank.paper.run.verdicts` gives them.
    """
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>VKDNW reproduced</title>",
        "<style>body{font:15px sans-serif;margin:2em;max-width:110em}table{border-collapse:collapse}"
        "td,th{padding:.2em .6em;text-align:right;border-bottom:1px solid #ddd}"
        "td:first-child,th:first-child{text-align:left}img{max-width:100%}</style>",
        "<h1>Tables of the VKDNW paper, reproduced</h1><p>Ours ± std (published).</p>",
    ]
    for result in results:
        header, rows = wide_rows(result)
        parts.append(f"<h2>{html.escape(result.name)}: {html.escape(result.title)}</h2><table><tr>")
        parts += [f"<th>{html.escape(text)}</th>" for text in header]
        for row in rows:
            parts.append("</tr><tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row))
        parts.append("</tr></table><ul>")
        parts += [f"<li>{html.escape(note)}</li>" for note in _notes(result)]
        parts.append("</ul>")
        for picture in result.pictures:
            data = base64.b64encode((folder / picture).read_bytes()).decode()
            parts.append(f"<img alt='{html.escape(picture)}' src='data:image/png;base64,{data}'>")
    parts.append("<h2>What was reproduced</h2>")
    for kind, places in judged.items():
        parts.append(f"<h3>{html.escape(kind)}: {len(places)} rows</h3><ul>")
        parts += [f"<li>{html.escape(place)}</li>" for place in places]
        parts.append("</ul>")
    return "\n".join([*parts, "</html>"]) + "\n"


def _notes(result: Result) -> list[str]:
    by_note: dict[str, list[str]] = {}
    for cell in result.cells:
        if cell.note and cell.row not in by_note.setdefault(f"{cell.note} ({cell.dataset})", []):
            by_note[f"{cell.note} ({cell.dataset})"].append(cell.row)
    return [*result.notes, *(f"{note}: {', '.join(rows)}" for note, rows in by_note.items())]
