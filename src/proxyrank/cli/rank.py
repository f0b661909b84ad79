"""``rank``: order architectures, best first."""

from typing import Annotated

import pandas as pd
import typer

from proxyrank.cli import options, output
from proxyrank.cli.own_ranker import open_ranker
from proxyrank.common.errors import ProxyrankError


def rank(
    ranker: options.RankerFolder,
    archs: options.Archs = None,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Rank the ranker's whole population without the training cells.")
    ] = False,
    out: options.OutTable = None,
    top: Annotated[int | None, typer.Option(min=1, help="Keep the best K.")] = None,
    max_params: Annotated[
        float | None, typer.Option(help="Keep networks of at most this many parameters.")
    ] = None,
    max_flops: Annotated[float | None, typer.Option(help="Keep networks of at most this many FLOPs.")] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            help="COLUMN=NUMBER: keep rows of the --archs table whose column (latency, say) is at most that.",
        ),
    ] = None,
    dataset: options.OwnDataset = None,
    features: options.Features = None,
    sentinel: options.Sentinels = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    space: options.RankerSpace = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Rank architectures (rank 1 is best). Ties are ordered by the architecture's text."""
    from proxyrank.cli.candidates import read_candidates
    from proxyrank.common.tabular import write_table
    from proxyrank.evaluate.shortlist import parse_limits, shortlist, unseen_candidates

    if unseen == bool(archs):
        raise ProxyrankError("say what to rank: --archs FILE or --unseen (one of the two)")
    limits = parse_limits(limit or [])
    loaded, table = open_ranker(
        ranker,
        space=space,
        features=features,
        candidates=candidates,
        build=build,
        logits=logits,
        timeout=build_timeout,
        threads=threads,
        sentinels=sentinel,
    )
    where = loaded.search_space
    found = shortlist(
        loaded,
        read_candidates(where, archs) if archs else unseen_candidates(loaded),
        limits=limits,
        max_params=max_params,
        max_flops=max_flops,
        dataset=dataset,
        features=table,
        top=top,
    )
    for text in (*found.notes, *loaded.card.notes):
        output.note(text)
    if out:
        write_table(found.ranked, out)
        output.note(f"{out}: {len(found.ranked)} architectures ranked")
    if json:
        output.print_json(output.records(found.ranked))
    elif not out:
        _print(found.ranked, labelled=loaded.card.score_is_label)


def _number(value: float) -> str:
    """Three decimals, more where they would hide a small number."""
    if pd.isna(value):
        return ""
    return f"{value:.3f}" if value == 0 or abs(value) >= 0.01 else f"{value:.4g}"


def _print(ranked: pd.DataFrame, *, labelled: bool) -> None:
    shown = ranked.rename(columns={"seen_in_training": "seen"})
    for column in {"score", "predicted", "low", "high"} & set(shown):
        shown[column] = shown[column].map(_number)
    shown["seen"] = shown["seen"].map({True: "yes", False: "no"})
    shown = shown[[*shown.columns.drop("arch"), "arch"]]
    output.print_rows(list(shown.columns), shown.itertuples(index=False), text=("arch",))
    unit = "predicted is in label units" if labelled else "this model predicts no label"
    output.note(f"score is unitless and comparable within this ranker only; {unit}")
    output.note("seen: the architecture, or another of its canonical form, was trained on")
    if "low" in ranked:
        output.note("low and high are the ends of the 90 % prediction interval, in label units")
