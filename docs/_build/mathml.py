"""`$...$` in the pages becomes MathML when they are built: every browser draws it, no script, no network."""

import re

from latex2mathml.converter import convert

_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
_MATH = re.compile(r"\$\$(.+?)\$\$|(?<![\\$\w])\$(?!\s)([^$\n]+?)(?<!\s)\$(?![\w$])", re.DOTALL)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Hook of mkdocs: formulas of a page, those in code left alone."""
    parts = _CODE.split(markdown)
    return "".join(part if i % 2 else _MATH.sub(_formula, part) for i, part in enumerate(parts))


def _formula(match: "re.Match[str]") -> str:
    block, line = match.groups()
    drawn = convert((block or line).strip(), display="block" if block else "inline")
    return f"\n<div class=\"formula\">{drawn}</div>\n" if block else f"<span>{drawn}</span>"  # bare, one that begins a line is a block
