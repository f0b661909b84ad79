"""The report of a study (``proxyrank study``)."""

from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.report.charts import lines_plot
from proxyrank.report.facts import folder_commands
from proxyrank.report.frames import read_numbers, stated_table, table_of
from proxyrank.report.page import Plot, Section, Table, Value, write_page
from proxyrank.report.points import front_plot
from proxyrank.train.study import StudyResult, read_result
from proxyrank.train.study.results import TRIALS_FILE


def study_page(folder: Path, path: Path) -> Path:
    """Write the report of a study's folder.

    Raises
    ------
    ProxyrankError
        If the folder holds no finished study.
    """
    result = read_result(folder)
    trials = read_numbers(folder / TRIALS_FILE, "the study")
    metrics = list(result.values)
    sections = [_found(result), *(_history(trials, name) for name in metrics)]
    if len(metrics) > 1:
        sections.append(_front(trials, metrics))
    sections += [Section("All trials", [table_of(trials)])]
    sections += [Section("Settings", [stated_table(result.settings)]), folder_commands(folder)]
    done = ", ".join(f"{count} {state}" for state, count in result.trials.items() if count)
    lead = f"{result.model} by cross-validated {' and '.join(metrics)}; trials: {done}"
    return write_page(path, f"Study {result.study}", lead, sections)


def _found(result: StudyResult) -> Section:
    together = result.together or {}
    rows: list[list[Value]] = []
    for name, value in result.values.items():
        beside = [together.get(name)] if together else []
        rows.append([name, value, (result.defaults or {}).get(name), *beside])
    params: list[list[Value]] = [[name, str(value)] for name, value in sorted(result.params.items())]
    params += [["groups", "+".join(result.groups)], ["share of columns", f"{result.columns:g}"]]
    text = [
        f"Trial {result.trial}. The defaults stand unless a trial beats them by more than a standard error."
    ]
    text.append(f"{result.taken}.")
    header = ["metric", "found", "defaults", *(["committee"] if together else [])]
    tables = [Table(header, rows), Table(["parameter", "value"], params)]
    return Section("What was found", tables, text)


def _history(trials: pd.DataFrame, metric: str) -> Section:
    complete = trials[trials["state"] == "complete"].dropna(subset=[metric])
    if complete.empty:
        return Section(f"History of {metric}")
    numbers, values = complete["number"].tolist(), complete[metric].tolist()
    plot = lines_plot(
        {
            "one trial": (numbers, values, None),
            "best so far": (numbers, np.maximum.accumulate(values).tolist(), None),
        },
        "trial",
        f"{metric}, mean over the folds",
        "Complete trials; pruned ones have fewer folds and cannot be compared.",
    )
    dots = {**plot.traces[0], "mode": "markers", "marker": {"color": "#999"}}
    traces = [dots, {**plot.traces[1], "mode": "lines", "line": {"shape": "hv"}}]
    return Section(f"History of {metric}", [Plot(traces, plot.layout, plot.caption)])


def _front(trials: pd.DataFrame, metrics: list[str]) -> Section:
    complete = trials[trials["state"] == "complete"]
    frame = complete.assign(
        arch=[f"trial {number}" for number in complete["number"]], less=-complete[metrics[0]]
    )
    plot = front_plot(frame, "less", metrics[1], "", point="one trial")
    traces = [
        {
            **trace,
            "x": [-x for x in trace["x"]],
            "hovertemplate": trace["hovertemplate"].replace("less", metrics[0]),
        }
        for trace in plot.traces
    ]
    layout = {**plot.layout, "xaxis": {"title": {"text": metrics[0]}}}
    return Section("Pareto front", [Plot(traces, layout, "Trials that no other beats in both metrics.")])
