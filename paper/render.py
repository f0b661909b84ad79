"""A reproduced table as text: CSV, Markdown, LaTeX, HTML."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
import pandas as pd

from proxyrank.paper.result import Cell, Result

FIRST = "ranking"
"""Name of the column of rows."""

_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).resolve().parent / "data"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def long_frame(result: Result) -> pd.DataFrame:
    """One line per number."""
    rows = [{**vars(cell), "difference": cell.difference, "verdict": cell.verdict} for cell in result.cells]
    return pd.DataFrame(rows)


def wide_frame(result: Result) -> pd.DataFrame:
    """Texts for people: a column per data set and metric, ours and the published number behind it."""
    texts: dict[str, dict[str, str]] = {}
    for cell in result.cells:
        texts.setdefault(cell.row, {})[_column(cell)] = _text(cell)
    frame = pd.DataFrame.from_dict(texts, orient="index", dtype=object)
    columns = dict.fromkeys(map(_column, result.cells))
    return frame.reindex(columns=list(columns)).fillna("").rename_axis(FIRST).reset_index()


def _column(cell: Cell) -> str:
    return f"{cell.dataset} {cell.metric}".strip()


def _text(cell: Cell) -> str:
    if cell.ours is None and cell.published is None:
        return ""
    digits = 2 if cell.metric == "top1" else 3
    ours = "-" if cell.ours is None else f"{cell.ours:.{digits}f}"
    if cell.ours is not None and cell.std is not None:
        ours += f" ± {cell.std:.{digits}f}"
    return ours if cell.published is None else f"{ours} ({cell.published:.{digits}f})"


def legend(result: Result) -> str:
    """What a number of the table is."""
    published = any(cell.published is not None for cell in result.cells)
    return "ours ± std (published)" if published else "mean ± std over seeds"


def to_markdown(result: Result) -> str:
    """GitHub table with a title and notes."""
    frame = wide_frame(result)
    rows = [list(frame.columns), ["---"] * len(frame.columns), *frame.to_numpy().tolist()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "".join(f"- {note}\n" for note in _notes(result))
    return f"## {result.name}: {result.title}\n\n{table}\n\n{legend(result).capitalize()}.\n{notes}"


def to_latex(result: Result) -> str:
    """A tabular of the package booktabs."""
    frame = wide_frame(result)
    text = frame.to_latex(index=False, escape=True, column_format="l" + "r" * (len(frame.columns) - 1))
    return text.replace("±", r"$\pm$")


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
    tables = [
        {
            "result": result,
            "frame": wide_frame(result),
            "notes": _notes(result),
            "pictures": {name: _base64(folder / name) for name in result.pictures},
        }
        for result in results
    ]
    return _PAGES.get_template("page.html").render(tables=tables, judged=judged)


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _notes(result: Result) -> list[str]:
    by_note: dict[str, dict[str, None]] = {}
    for cell in result.cells:
        if cell.note:
            by_note.setdefault(f"{cell.note} ({cell.dataset})", {})[cell.row] = None
    return [*result.notes, *(f"{note}: {', '.join(rows)}" for note, rows in by_note.items())]
