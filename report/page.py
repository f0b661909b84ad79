"""A page of sections with tables that sort and pictures by Plotly; everything is inside the one file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proxyrank.common.files import atomic_path
from proxyrank.common.tabular import json_safe
from proxyrank.common.version import own_version

_DATA = Path(__file__).resolve().parent / "data"
SCRIPT = _DATA / "plotly-basic.min.js"
"""Plotly's own bundle of lines, points and bars (plotly.js-basic-dist-min 4.1.1, MIT licence)."""

Value = str | float | int | None


@dataclass(frozen=True)
class Plot:
    """A picture: Plotly's traces and layout, and what a person should know to read it."""

    traces: Sequence[dict[str, Any]]
    layout: dict[str, Any] = field(default_factory=dict)
    caption: str = ""

    @property
    def json(self) -> str:
        """For the page; nothing in it can end a script."""
        text = json.dumps(json_safe({"data": list(self.traces), "layout": self.layout}), allow_nan=False)
        return text.replace("<", "\\u003c")


@dataclass(frozen=True)
class Table:
    """A table that sorts by the column whose head is pressed."""

    header: Sequence[str]
    rows: Sequence[Sequence[Value]]
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a page; without tables, pictures and text it is left out."""

    title: str
    parts: Sequence[Plot | Table] = ()
    text: Sequence[str] = ()
    code: Sequence[str] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        shown = [part for part in self.parts if not isinstance(part, Table) or part.rows]
        return not (shown or self.text or self.code)


def write_page(path: Path, title: str, lead: str, sections: Sequence[Section]) -> Path:
    """Write the page; it appears whole or not at all. The same content has the same bytes.

    Raises
    ------
    ProxyrankError
        If the folder does not exist.
    """
    from jinja2 import Environment
    from markupsafe import Markup, escape

    def breakable(text: str) -> Markup:
        """A text whose long words break behind bars and commas, as architectures and columns have them."""
        return Markup("<wbr>").join(map(escape, re.split(r"(?<=[|,])(?=\S)", text)))

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["breakable"] = breakable
    environment.tests["plot"] = lambda part: isinstance(part, Plot)
    environment.filters["number"] = number
    shown = [section for section in sections if not section.empty]
    template = environment.from_string((_DATA / "report.html").read_text(encoding="utf-8"))
    drawn = any(isinstance(part, Plot) for section in shown for part in section.parts)
    text = template.render(
        title=title,
        lead=lead,
        sections=shown,
        plotly=SCRIPT.read_text(encoding="utf-8") if drawn else "",
        version=own_version(),
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def number(value: Value) -> str:
    """Text of a cell: three digits behind the point, whole numbers as they are, gaps blank."""
    if value is None or value != value:
        return ""
    if isinstance(value, str) or float(value).is_integer():
        return f"{value:,.0f}" if not isinstance(value, str) else value
    return f"{value:.3f}" if abs(value) >= 0.001 else f"{value:.2g}"
