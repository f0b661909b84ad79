"""A comparison in a folder: all rows, the table in four forms, pictures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import Executor
from proxyrank.common.files import atomic_path, read_json, require_parent, write_json
from proxyrank.common.pictures import save_figure
from proxyrank.common.tabular import json_safe, write_table
from proxyrank.common.version import own_version
from proxyrank.evaluate import Labels
from proxyrank.features import FeatureTable
from proxyrank.spaces import SearchSpace
from proxyrank.train.compare.enough import enough_labels
from proxyrank.train.compare.latex import to_latex
from proxyrank.train.compare.plan import ComparePlan
from proxyrank.train.compare.plots import plot_comparison
from proxyrank.train.compare.render import to_markdown
from proxyrank.train.compare.run import run_comparison
from proxyrank.train.compare.table import reference_of, summarise

FORMAT = "proxyrank-compare/1"
RECORD, ROWS, TABLE = "compare.json", "results.csv", "table.csv"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of a comparison.

    Attributes
    ----------
    plan
        With its reference.
    label
        Name of the label.
    rows, table, enough
        From `run_comparison`, `summarise` and `enough_labels`.
    """

    plan: ComparePlan
    label: str
    rows: pd.DataFrame
    table: pd.DataFrame
    enough: pd.DataFrame


def make_comparison(
    space: SearchSpace,
    labels: Labels,
    plan: ComparePlan,
    *,
    executor: Executor,
    out: Path | None = None,
    rankers: Sequence[str | Path] = (),
    features: FeatureTable | None = None,
) -> Comparison:
    """`run_comparison` and what is read off its rows; arguments as there.

    Raises
    ------
    ProxyrankError
        If labels or settings will not do, or the folder holds another comparison.
    """
    if out is not None:
        require_parent(out, "--out")
    rows = run_comparison(space, labels, plan, executor=executor, out=out, rankers=rankers, features=features)
    plan = replace(plan, reference=reference_of(rows, plan))
    return Comparison(plan, labels.name, rows, summarise(rows, plan), enough_labels(rows, plan))


def write_comparison(found: Comparison, out: Path, *, space: str, command: str = "") -> tuple[Path, ...]:
    """Write ``results.csv``, the table as CSV, Markdown and LaTeX, ``compare.json`` and the picture.

    The same comparison has the same bytes, however often it was stopped.

    Returns
    -------
    tuple of Path
        The files.
    """
    plan = found.plan
    write_table(found.rows, out / ROWS)
    write_table(found.table, out / TABLE)
    texts = {
        "table.md": to_markdown(found.table, plan, found.label, found.enough),
        "table.tex": to_latex(found.table, plan, found.label),
    }
    for name, text in texts.items():
        with atomic_path(out / name) as path:
            path.write_text(text, encoding="utf-8", newline="\n")
    record = {
        "format": FORMAT,
        "proxyrank": own_version(),
        "command": command,
        "space": space,
        "label": found.label,
        "plan": {**asdict(replace(plan, settings={})), "settings": plan.settings.stated()},  # type: ignore[arg-type]
        "table": found.table.to_dict(orient="records"),
        "enough": found.enough.astype(object).where(found.enough.notna(), None).to_dict(orient="records"),
    }
    write_json(json_safe(record), out / RECORD)
    pictures = [out / f"compare.{suffix}" for suffix in ("png", "pdf")]
    ax = plot_comparison(found.table, plan, label=f"{found.label} ({space})")
    for path in pictures:
        save_figure(ax, path)
    return (out / ROWS, out / TABLE, *(out / name for name in texts), out / RECORD, *pictures)


def read_comparison(folder: str | Path) -> dict[str, Any]:
    """The record of a comparison's folder, as ``compare.json`` holds it.

    Raises
    ------
    ProxyrankError
        If it is missing, damaged or of another format.
    """
    path = Path(folder) / RECORD
    record: dict[str, Any] = read_json(path)
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ProxyrankError(f"{path}: expected the format {FORMAT}")
    return record
