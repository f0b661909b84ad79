"""A comparison in LaTeX."""

from collections.abc import Collection, Sequence

import pandas as pd

from proxyrank.train.compare.plan import ComparePlan
from proxyrank.train.compare.render import caption, wide_table

_LATEX = {"\\": r"\textbackslash{}", **{sign: "\\" + sign for sign in "&%$#_{}"}, "~": r"\textasciitilde{}"}


def to_latex(table: pd.DataFrame, plan: ComparePlan, label: str) -> str:
    """A table of the package booktabs with caption and label, the best in bold."""
    header, rows, best = wide_table(table, plan)
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{_latex(caption(plan, label))}}}",
        rf"\label{{tab:proxyrank-{''.join(c if c.isalnum() else '-' for c in label.lower())}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
        r"\toprule",
        _latex_row(header),
        r"\midrule",
    ]
    for i, row in enumerate(rows):
        lines.append(_latex_row(row, {j for k, j in best if k == i}))
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""])


def _latex_row(texts: Sequence[str], bold: Collection[int] = ()) -> str:
    cells = [_latex(text) for text in texts]
    return " & ".join(rf"\textbf{{{c}}}" if j in bold else c for j, c in enumerate(cells)) + r" \\"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text).replace("±", r"$\pm$")
