"""``digits``, ``smallnets``: the benchmarks that the package ships."""

from pathlib import Path
from typing import Annotated, Any

import typer

from proxyrank.cli import options, output
from proxyrank.cli.once import OnceCommand
from proxyrank.common.threads import resolve_threads
from proxyrank.train.digits.benchmarks import BENCHMARKS, Benchmark


def benchmark_app(benchmark: Benchmark) -> typer.Typer:
    """Commands ``build`` and ``info`` of a benchmark."""
    name, members = benchmark.name, benchmark.members
    app = typer.Typer(
        help=f"Build or show the benchmark {name}.\n\nIt holds {benchmark.summary}.", no_args_is_help=True
    )

    @app.command(
        cls=OnceCommand,
        epilog=f"\b\nExample: proxyrank {name} build --{members} 100 --out {name}.parquet --workers 2",
    )
    def build(
        out: Annotated[Path, typer.Option(help="Table to write (.parquet); an existing one is extended.")],
        count: Annotated[
            int, typer.Option(f"--{members}", min=1, help=f"How many {members} the table shall hold.")
        ] = benchmark.count,
        seeds: Annotated[int, typer.Option(min=1, help="Trainings of each.")] = 2,
        workers: options.Workers = None,
        json: options.Json = False,
    ) -> None:
        """Train networks and write their accuracies. Stop it at any time: the same command goes on."""
        from proxyrank.train.digits.build import build_benchmark

        table = build_benchmark(benchmark, out, count=count, seeds=seeds, workers=resolve_threads(workers))
        mean = round(table[benchmark.label].mean(), 2)
        output.print_summary({"out": str(out), members: len(table), "seeds": seeds, "mean": mean}, json=json)

    @app.command(cls=OnceCommand, epilog=f"\b\nExample: proxyrank {name} info")
    def info(json: options.Json = False) -> None:
        """Show the size of the benchmark and the noise of its labels.

        And what a perfect predictor would therefore reach.
        """
        from proxyrank.train.digits.facts import benchmark_facts

        facts = benchmark_facts(benchmark)
        if json:
            output.print_json(facts)
            return
        output.print_fields({key: value for key, value in facts.items() if key != "noise"})
        print()
        columns = ("n", "sd_of_label", "KT", "SPR", "nDCG")
        rows = [[source, *(_text(noise[key]) for key in columns)] for source, noise in facts["noise"].items()]
        output.print_rows(["noise read off", "n", "sd of the label [%]", "KT", "SPR", "nDCG"], rows)
        output.note("KT, SPR, nDCG: what a ranking by the true accuracies would reach on these labels")

    return app


APPS = {name: benchmark_app(benchmark) for name, benchmark in BENCHMARKS.items()}
"""Commands of each shipped benchmark, by its name."""


def _text(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
