"""The report of a search (``proxyrank search``)."""

from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common.files import read_json
from proxyrank.common.tabular import read_table
from proxyrank.report.charts import lines_plot
from proxyrank.report.page import Plot, Section, Table, Value, write_page
from proxyrank.report.points import front_plot, thinned

RECORD = "search.json"


def search_page(folder: Path, path: Path) -> Path:
    """Write the report of a search's folder.

    Raises
    ------
    ProxyrankError
        If the folder holds no finished search.
    """
    stated = read_json(folder / RECORD)
    history, best, front = (_read(folder / f"{name}.csv") for name in ("history", "best", "front"))
    scores = [name for name in map(str, history) if name == "score" or name.startswith("score ")]
    sections = [*(_history(history, name) for name in scores), _cost(history, scores)]
    sections += [_rows("The best", best), _rows("The front", front), _settings(stated)]
    lead = f"{len(history):,} architectures scored, {int(history['kept'].sum()):,} kept"
    return write_page(path, f"Search of {stated.get('space', folder.name)}", lead, sections)


def _read(path: Path) -> pd.DataFrame:
    frame = read_table(path, "the search")
    for name in frame.columns.drop("arch"):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if name == "kept":
            frame[name] = frame[name].astype(str).str.lower().isin(("true", "1"))
        elif numbers.notna().any():
            frame[name] = numbers
    return frame


def _history(history: pd.DataFrame, score: str) -> Section:
    frame = history.assign(best=np.maximum.accumulate(history[score].to_numpy()))
    shown = thinned(frame)
    steps = shown["step"].tolist()
    plot = lines_plot(
        {
            "one network": (steps, shown[score].tolist(), None),
            "best so far": (steps, shown["best"].tolist(), None),
        },
        "step",
        f"{score}, ranks among all seen",
        "",
    )
    dots = {**plot.traces[0], "mode": "markers", "marker": {"size": 4, "color": "#999"}}
    line = {**plot.traces[1], "mode": "lines"}
    return Section(f"History of the {score}", [Plot([dots, line], plot.layout, plot.caption)])


def _cost(history: pd.DataFrame, scores: list[str]) -> Section:
    across = next((name for name in ("flops", "params", "latency") if name in history), None)
    if across is None:
        return Section("Cost beside the score")
    up = "predicted" if "predicted" in history else scores[0]
    return Section("Cost beside the score", [front_plot(history, across, up, "Everything that was seen.")])


def _rows(title: str, frame: pd.DataFrame) -> Section:
    shown = frame.dropna(axis=1, how="all")
    plain = shown.astype(object).where(shown.notna(), None)
    return Section(title, [Table(list(map(str, shown.columns)), plain.to_numpy().tolist())])


def _settings(stated: dict[str, object]) -> Section:
    rows: list[list[Value]] = [[name, str(value)] for name, value in stated.items()]
    return Section("Settings", [Table(["setting", "value"], rows)])
