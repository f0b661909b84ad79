"""A page for each proxy, made when the site is built: from the registry, the docstrings and the measured KT."""

import inspect
import tomllib
from pathlib import Path

import pandas as pd
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from proxyrank.features.network.network_groups import MEMBERS
from proxyrank.features.proxies import PROXIES
from proxyrank.features.proxies.base import Proxy

HERE = Path(__file__).parent
FOLDER = "reference/proxies"
COMMAND = "python benchmarks/proxy_kt.py nb201_accuracy.csv"


def on_files(files: Files, config: MkDocsConfig, **_: object) -> Files:
    """Hook of mkdocs: add the pages and their index."""
    formulas = tomllib.loads((HERE / "formulas.toml").read_text(encoding="utf-8"))
    measured = pd.read_csv(HERE / "proxy_kt.csv")
    for name, proxy in PROXIES.items():
        text = page(proxy, formulas.get(name, ""), measured[measured["column"].isin(proxy.columns)])
        files.append(File.generated(config, f"{FOLDER}/{name}.md", content=text))
    files.append(File.generated(config, f"{FOLDER}/index.md", content=index()))
    return files


def page(proxy: Proxy, formula: str, measured: pd.DataFrame) -> str:
    """Markdown of one proxy."""
    group = next((group for group, members in MEMBERS.items() if proxy.name in members), "none")
    module = inspect.getmodule(proxy.compute)
    parts = [f"# `{proxy.name}`", f"{proxy.meaning[0].upper()}{proxy.meaning[1:]}."]
    if formula:
        parts.append(f"$${formula}$$")
    functions = [
        function
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    ]
    parts += [_text(function, own=function is proxy.compute) for function in functions]
    parts.append(
        "\n".join(
            (
                "| | |\n|---|---|",
                f"| paper | {proxy.paper} |",
                f"| columns | {', '.join(f'`{column}`' for column in proxy.columns)} |",
                f"| group | `{group}` |",
                f"| better when | {'larger' if proxy.direction > 0 else 'smaller'} |",
                f"| cost | about {proxy.cost:g} forward passes of the batch, computed alone |",
                f"| reads labels | {'yes' if proxy.labels else 'no'} |",
                f"| smallest batch | {proxy.minimum_batch} |",
                f"| needs | {proxy.minimum_network} |",
                f"| tells equal networks apart by | {', '.join(sorted(proxy.depends_on)) or 'the draw alone'} |",
            )
        )
    )
    parts.append(f"## KT on the shipped tables\n\n{_table(measured)}")
    return "\n\n".join(parts) + "\n"


def _text(function: object, *, own: bool) -> str:
    text = inspect.getdoc(function) or ""
    summary = text.split("\n\nParameters\n")[0].split("\n\nRaises\n")[0]
    raised = text.split("Raises\n------\n")[1].split("\n", 1)[1] if "Raises\n------\n" in text else ""
    gaps = f"\n\nNo value: {inspect.cleandoc(raised)}" if raised else ""
    return (summary if own else f"`{getattr(function, '__name__', '')}`: {summary}") + gaps


def _table(measured: pd.DataFrame) -> str:
    if measured.empty:
        return "It is in no shipped table."
    lines = ["| column | data set | input, batch | cells | KT |\n|---|---|---|---|---|"]
    for row in measured.itertuples():
        lines.append(f"| `{row.column}` | {row.dataset} | {row.input}, {row.batch} | {row.cells:,} | {row.KT:.3f} |")
    note = f"Cells without dead operations, value taken in the proxy's direction; printed by `{COMMAND}`."
    return "\n".join(lines) + f"\n\n{note}"


def index() -> str:
    """Markdown of the list."""
    rows = "\n".join(f"| [`{name}`]({name}.md) | {p.meaning} | {p.paper} |" for name, p in PROXIES.items())
    return (
        "# Proxies\n\nEach is one file in `features/proxies/`, a pure function of a network and a batch. "
        "`proxyrank proxies` prints this list; several groups share one pass over the network.\n\n"
        f"| proxy | meaning | paper |\n|---|---|---|\n{rows}\n"
    )
