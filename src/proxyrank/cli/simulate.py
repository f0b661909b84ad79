"""``simulate``: what a way of choosing is worth, played on a benchmark's labels."""

from pathlib import Path
from typing import Annotated

import typer

from proxyrank.cli import options, output
from proxyrank.cli.labels import labelled_space, read_labels
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.threads import resolve_threads
from proxyrank.spaces import default_population

ALIASES = {"suggest": "variance"}
"""``suggest`` is what that command does unless told otherwise."""


def simulate(
    labels: options.Labels,
    out: Annotated[Path, typer.Option(help="Folder of results.csv, simulation.png and the parts.")],
    label: options.Label = None,
    strategy: Annotated[
        str, typer.Option(help="Joined by commas: random, suggest (the variance design), improvement.")
    ] = "random,suggest",
    budget: Annotated[int, typer.Option(min=4, help="Networks trained in the end.")] = 128,
    checkpoints: Annotated[
        str | None,
        typer.Option(
            help="Numbers of trained networks to judge at; the budget, its half and so on if not given."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each strategy (seeds 0, 1, ...).")] = 5,
    population: Annotated[
        str | None,
        typer.Option(help="Part of the space to choose from; filtered where there is one, if not given."),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Feature groups; if not given, paths,cell,flow, or config in a space without graphs (with "
            "few labels the ensemble looks at no others)."
        ),
    ] = None,
    model: Annotated[str, typer.Option(help="Model of the ranker.")] = "ensemble",
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores if not given.")] = None,
    space: options.LabelledSpace = None,
    json: options.Json = False,
) -> None:
    """Play strategies against known labels. Stop it at any time: the same command goes on."""
    from proxyrank.common.executors import on_processes
    from proxyrank.common.tabular import write_table
    from proxyrank.features import default_groups, parse_groups
    from proxyrank.search.plots import plot_simulation
    from proxyrank.search.simulate import Simulation, run_simulation, summarise

    where = labelled_space(space, labels)
    if not out.absolute().parent.is_dir():
        raise ProxyrankError(f"--out {out}: the folder {out.absolute().parent} does not exist")
    names = [name.strip() for name in strategy.split(",") if name.strip()]
    plan = Simulation(
        strategies=tuple(dict.fromkeys(ALIASES.get(name, name) for name in names)),
        checkpoints=_checkpoints(checkpoints, budget),
        seeds=tuple(range(seeds)),
        population=population or default_population(where),
        groups=parse_groups(groups or default_groups(where)),
        model=model,
    )
    known = read_labels(where, labels, label=label)
    rows = run_simulation(where, known, plan, out, executor=on_processes(resolve_threads(workers)))
    write_table(rows, out / "results.csv")
    plot_simulation(rows, out / "simulation.png", label=known.name)
    table = summarise(rows)
    if json:
        output.print_json(output.records(table))
        return
    shown = [
        [
            row["strategy"],
            row["trained"],
            *(f"{row[f'{m}_mean']:.3f} ± {row[f'{m}_std']:.3f}" for m in ("KT", "SPR", "nDCG", "regret")),
            row["seeds"],
        ]
        for row in table.to_dict(orient="records")
    ]
    output.print_rows(["strategy", "trained", "KT", "SPR", "nDCG", "regret", "seeds"], shown)
    print(f"wrote {out / 'results.csv'} and {out / 'simulation.png'}")


def _checkpoints(text: str | None, budget: int) -> tuple[int, ...]:
    if text is None:
        halves = [budget]
        while halves[-1] // 2 >= 16:
            halves.append(halves[-1] // 2)
        return tuple(reversed(halves))
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise ProxyrankError(f"--checkpoints {text}: expected numbers joined by commas") from None
