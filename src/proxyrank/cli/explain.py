"""``explain``: what a ranker goes by, and why one architecture is ranked where it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.own_ranker import open_ranker

if TYPE_CHECKING:
    from proxyrank.features import FeatureTable
    from proxyrank.models import ProxyRanker

PARTIAL = "only the trees' part of the ensemble is explained, on the scale of their first target"


def explain(
    ranker: options.RankerFolder,
    arch: Annotated[str | None, typer.Option(help="Explain this architecture.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Features to show.")] = 20,
    out: options.OutTable = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it (.png, .svg, .pdf).")] = None,
    features: options.Features = None,
    sentinel: options.Sentinels = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    logits: options.Logits = None,
    timeout: options.Timeout = None,
    space: options.RankerSpace = None,
    json: options.Json = False,
) -> None:
    """Show how much each feature moves the score (TreeSHAP).

    On average over the training cells, or for one architecture, --arch.
    """
    loaded, table = open_ranker(
        ranker,
        space=space,
        features=features,
        candidates=candidates,
        build=build,
        logits=logits,
        timeout=timeout,
        sentinels=sentinel,
    )
    if loaded.card.model in ("ensemble", "auto"):
        output.note(PARTIAL)
    failed = arguments.failed_fields(loaded.search_space, table)
    if arch is None:
        _overall(loaded, table, top, out, plot, failed, json=json)
    else:
        _one(loaded, arch, table, top, out, plot, failed, json=json)


def _overall(
    ranker: "ProxyRanker",
    table: "FeatureTable | None",
    top: int,
    out: Path | None,
    plot: Path | None,
    failed: dict[str, Any],
    *,
    json: bool,
) -> None:
    from proxyrank.common.pictures import save_figure
    from proxyrank.common.tabular import write_table
    from proxyrank.evaluate.plots import plot_bars
    from proxyrank.models.explain import shap_importances

    by_feature, by_group = shap_importances(ranker, features=table)
    if out:
        write_table(by_feature, out)
    best = by_feature.head(top)
    if plot:
        drawn = plot_bars(best["feature"], best["importance"], label="mean |contribution| to the score")
        save_figure(drawn, plot)
    if json:
        both = {"groups": output.records(by_group), "features": output.records(best)}
        output.print_json({**both, **failed})
        return
    shown = [[r.group, f"{r.importance:.4f}", f"{r.share:.1%}"] for r in by_group.itertuples()]
    output.print_rows(["group", "mean |contribution|", "share"], shown)
    print()
    rows = [[r.feature, r.group, f"{r.importance:.4f}", f"{r.share:.1%}"] for r in best.itertuples()]
    output.print_rows(["feature", "group", "mean |contribution|", "share"], rows)


def _one(
    ranker: "ProxyRanker",
    arch: str,
    table: "FeatureTable | None",
    top: int,
    out: Path | None,
    plot: Path | None,
    failed: dict[str, Any],
    *,
    json: bool,
) -> None:
    from proxyrank.common.pictures import save_figure
    from proxyrank.common.tabular import write_table
    from proxyrank.evaluate.plots import plot_bars
    from proxyrank.models.explain import explain_arch

    found = explain_arch(ranker, arch, features=table)
    ranked = ranker.rank([found.arch], features=table).iloc[0]
    if out:
        write_table(found.table, out)
    best = found.table.head(top)
    if plot:
        drawn = plot_bars(best["feature"], best["contribution"], label="contribution to the score")
        save_figure(drawn, plot)
    facts = {
        "arch": found.arch,
        "predicted": float(ranked["predicted"]),
        **({"low": float(ranked["low"]), "high": float(ranked["high"])} if "low" in ranked else {}),
        "explained score": found.score,
        "base value": found.base,
        "other features": float(found.table["contribution"].iloc[top:].sum()),
    }
    if json:
        safe = {key: None if value != value else value for key, value in facts.items()}
        output.print_json({**safe, "features": output.records(best), **failed})
        return
    output.print_fields({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in facts.items()})
    print()
    rows = [
        [r.feature, r.group, f"{r.value:.4g}", f"{r.percentile:.0f}", f"{r.contribution:+.4f}"]
        for r in best.itertuples()
    ]
    output.print_rows(["feature", "group", "value", "percentile", "contribution"], rows)
