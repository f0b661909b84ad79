"""The report of reproduced tables (``proxyrank reproduce``)."""

from pathlib import Path

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import read_json
from proxyrank.paper.result import Result
from proxyrank.paper.run import verdicts
from proxyrank.report.charts import bars_plot
from proxyrank.report.facts import folder_commands
from proxyrank.report.frames import stated_table
from proxyrank.report.page import Plot, Section, Table, Value, write_page

RECORD = "bench.json"
OTHERS = ("spaces.json", "search.json")
"""What `reproduce spaces` and `reproduce search` write, without a bench."""


def reproduced_page(folder: Path, path: Path) -> Path:
    """Write the report of a folder of reproduced tables.

    Raises
    ------
    ProxyrankError
        If there is no table in it.
    """
    files = [file for file in sorted(folder.glob("*.json")) if file.name != RECORD]
    records = [record for file in files if "result" in (record := read_json(file))]
    if not records:
        raise ProxyrankError(f"{folder}: no reproduced table there yet")
    results = [Result.from_dict(record["result"]) for record in records]
    paper = (folder / RECORD).is_file()
    found = verdicts(results) if paper else {}
    counts = {kind: len(places) for kind, places in found.items() if places}
    sections = [Section("What was reproduced", _verdicts(counts)), *map(_table, results), _stated(folder)]
    sections.append(folder_commands(folder))
    title = "Tables of the VKDNW paper, reproduced" if paper else "Tables of proxyrank reproduce"
    rows = f"{sum(len(result.cells) for result in results):,} numbers"
    said = (f"{count} row{'' if count == 1 else 's'} {kind}" for kind, count in counts.items())
    lead = ", ".join(said) or rows
    return write_page(path, title, lead, sections)


def _verdicts(counts: dict[str, int]) -> list[Plot]:
    if not counts:
        return []
    said = "Rows whose KT is within .02 of the published one, beyond, or on other cells."
    return [bars_plot(list(counts), [float(count) for count in counts.values()], "rows", said)]


def _table(result: Result) -> Section:
    rows: list[list[Value]] = [
        [
            cell.row,
            cell.dataset,
            cell.metric,
            cell.ours,
            cell.std,
            cell.published,
            cell.difference,
            cell.verdict,
        ]
        for cell in result.cells
    ]
    header = ["row", "data set", "metric", "ours", "deviation", "published", "difference", "verdict"]
    return Section(f"{result.name}: {result.title}", [Table(header, rows)], result.notes)


def _stated(folder: Path) -> Section:
    stated = read_json(folder / RECORD) if (folder / RECORD).is_file() else {}
    return Section("Settings", [stated_table(stated)])
