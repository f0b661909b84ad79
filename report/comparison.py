"""The report of a comparison (``proxyrank compare``)."""

from pathlib import Path
from typing import Any

from proxyrank.common.commands import with_out
from proxyrank.report.charts import lines_plot
from proxyrank.report.page import Section, Table, write_page
from proxyrank.train.compare import read_comparison


def comparison_page(folder: Path, path: Path) -> Path:
    """Write the report of a comparison's folder.

    Raises
    ------
    ProxyrankError
        If the folder holds none.
    """
    record = read_comparison(folder)
    plan, label = record["plan"], record["label"]
    sections = [_curve(record), _enough(record), _table(record), _settings(record)]
    command = [record["command"]] if record["command"] else []
    sections.append(Section("Commands", code=with_out(command, folder.resolve().name)))
    trained = len(plan["learnt"])
    lead = (
        f"{trained} trained ranking{'' if trained == 1 else 's'}, {plan['metric']} on all other "
        f"architectures with a label, {len(plan['seeds'])} splits of each size"
    )
    return write_page(path, f"Rankings of {record['space']} by {label}", lead, sections)


def _curve(record: dict[str, Any]) -> Section:
    plan, metric = record["plan"], record["plan"]["metric"]
    lines: dict[str, Any] = {}
    for row in record["table"]:
        x, y, spread = lines.setdefault(row["ranking"], ([], [], []))
        x.append(row["size"])
        y.append(row[f"{metric}_mean"])
        spread.append(row[f"{metric}_std"] or 0.0)
    trained = {ranking["name"] for ranking in plan["learnt"]}
    said = f"Means over {len(plan['seeds'])} splits; bars are one standard deviation. Dashed: not trained."
    plot = lines_plot(
        lines,
        "trained networks",
        metric,
        said,
        dashed=[name for name in lines if name not in trained],
        ticks=plan["sizes"],
    )
    return Section("Learning curves", [plot])


def _enough(record: dict[str, Any]) -> Section:
    rows = [
        [row["ranking"], row["enough"], row["gain"], row["low"], row["high"], row["above_sizes"]]
        for row in record["enough"]
    ]
    header = ["ranking", "enough", "gain", "low", "high", "better than FLOPs and parameters from"]
    text = (
        "Enough: the smallest size tried from which no larger one gains .01 or more, blank where none is. "
        "Gain: of the largest size over the one before it, with its 95 % interval."
    )
    return Section("How many labels are enough", [Table(header, rows)], [text] if rows else [])


def _table(record: dict[str, Any]) -> Section:
    names = [name for name in record["table"][0] if name.endswith("_mean")]
    header = ["ranking", "labels", "splits", *(name.removesuffix("_mean") for name in names)]
    rows = []
    for row in record["table"]:
        spread = (row["difference"], row["low"], row["high"])
        rows.append([row["ranking"], row["size"], row["seeds"], *(row[name] for name in names), *spread])
    plan = record["plan"]
    text = (
        f"Difference of {plan['metric']} from the ranking {plan['reference']} on the same splits, with its "
        "95 % interval: of the mean over such splits of these labels."
    )
    return Section("All measures", [Table([*header, "difference", "low", "high"], rows)], [text])


def _settings(record: dict[str, Any]) -> Section:
    plan = record["plan"]
    rows = [
        ["population", plan["population"]],
        ["split", plan["split"]],
        *(
            [f"ranking {r['name']}", f"{'+'.join(r['groups'])}, {r['model'] or 'its own model'}"]
            for r in plan["learnt"]
        ),
        *([name, str(value)] for name, value in plan["settings"].items()),
        ["proxyrank", record["proxyrank"]],
    ]
    return Section("Settings and versions", [Table(["setting", "value"], rows)])
