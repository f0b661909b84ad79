"""The report of a search (``proxyrank search``)."""

from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common.files import read_json
from proxyrank.report.charts import lines_plot
from proxyrank.report.facts import folder_commands
from proxyrank.report.frames import read_numbers, stated_table, table_of
from proxyrank.report.page import Plot, Section, write_page
from proxyrank.report.points import front_plot, thinned

RECORD, HEADER = "batches.jsonl", "search.json"


def search_page(folder: Path, path: Path) -> Path:
    """Write the report of a search's folder.

    Raises
    ------
    ProxyrankError
        If the folder holds no finished search.
    """
    stated = read_json(folder / HEADER)
    history, best, front = (
        read_numbers(folder / f"{name}.csv", "the search") for name in ("history", "best", "front")
    )
    scores = [name for name in map(str, history) if name == "score" or name.startswith("score ")]
    sections = [*(_history(history, name) for name in scores), _cost(history, scores)]
    sections += [Section("The best", [table_of(best)]), Section("The front", [table_of(front)])]
    sections += [Section("Settings", [stated_table(stated)]), folder_commands(folder)]
    kept = int((history["kept"].astype(str).str.lower() == "true").sum())
    lead = f"{len(history):,} architectures scored, {kept:,} kept"
    return write_page(path, f"Search of {stated.get('space', folder.name)}", lead, sections)


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
    line = {**plot.traces[1], "mode": "lines", "line": {"shape": "hv"}}
    return Section(f"History of the {score}", [Plot([dots, line], plot.layout, plot.caption)])


def _cost(history: pd.DataFrame, scores: list[str]) -> Section:
    across = next((name for name in ("flops", "params", "latency") if name in history), None)
    if across is None:
        return Section("Cost beside the score")
    up = "predicted" if "predicted" in history else scores[0]
    return Section("Cost beside the score", [front_plot(history, across, up, "Everything that was seen.")])
