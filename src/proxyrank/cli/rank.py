"""``rank``: order architectures, best first."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from proxyrank.cli import options, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import SearchSpace, default_dataset, require


def rank(
    ranker: Annotated[Path, typer.Argument(help="Ranker folder written by train.")],
    archs: options.Archs = None,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Rank the ranker's whole population without the training cells.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write .csv, .json or .parquet instead of printing.")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="Keep the best K.")] = None,
    max_params: Annotated[
        float | None, typer.Option(help="Keep networks of at most this many parameters.")
    ] = None,
    max_flops: Annotated[float | None, typer.Option(help="Keep networks of at most this many FLOPs.")] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            help="COLUMN=VALUE: keep rows of the --archs table whose column (latency, say) is at most that.",
        ),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Whose network sizes count for the limits; the ranker's if not given.")
    ] = None,
    features: Annotated[
        str | None, typer.Option(help="Feature table of the architectures, for a ranker trained on one.")
    ] = None,
    space: options.RankerSpace = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Rank architectures (rank 1 is best). Ties are ordered by the architecture's text."""
    from proxyrank.cli.candidates import read_candidates
    from proxyrank.common.tabular import write_table
    from proxyrank.evaluate import seen_in_training
    from proxyrank.features import load_table
    from proxyrank.models import ProxyRanker

    if unseen == bool(archs):
        raise ProxyrankError("say what to rank: --archs FILE or --unseen (one of the two)")
    loaded = ProxyRanker.load(ranker, threads=threads, space=space)
    card = loaded.card
    where = loaded.search_space
    if archs:
        rows = read_candidates(where, archs)
    else:
        trained = set(loaded.train_archs)
        listed = require(where, "archs", "--unseen").archs(card.population)
        rows = pd.DataFrame(index=[a for a in listed if a not in trained])
    sized = max_params is not None or max_flops is not None
    if sized:
        rows = rows.join(
            _sizes(where, list(rows.index), dataset or default_dataset(where, card.dataset) or "cifar10")
        )
    limits = _limits(limit or [], rows)
    limits |= {k: v for k, v in {"params": max_params, "flops": max_flops}.items() if v is not None}
    for column, most in limits.items():
        rows = rows[rows[column].astype(float) <= most]
    if rows.index.empty:
        raise ProxyrankError("no architecture is within the limits")
    table = load_table(options.data_path(features, "--features"), where, "--features") if features else None
    ranked = loaded.rank(list(rows.index), features=table)
    ranked["seen_in_training"] = seen_in_training(loaded, list(ranked["arch"]))
    first = ["rank", "arch", "score", "predicted", "seen_in_training"]
    ranked = ranked[[*first, *ranked.columns.drop(first)]]
    shown = [column for column in ("params", "flops", *limits) if column in rows]
    ranked = ranked.join(rows[list(dict.fromkeys(shown))], on="arch")
    ranked = ranked if top is None else ranked.head(top)
    for text in card.notes:
        output.note(text)
    if out:
        write_table(ranked, out)
        output.note(f"{out}: {len(ranked)} architectures ranked")
    if json:
        output.print_json(output.records(ranked))
    elif not out:
        _print(ranked, labelled=card.score_is_label)


def _sizes(space: SearchSpace, archs: list[str], dataset: str) -> pd.DataFrame:
    from proxyrank.evaluate import size_scores

    return size_scores(space, archs, dataset)[["params", "flops"]].astype("int64")


def _limits(texts: list[str], rows: pd.DataFrame) -> dict[str, float]:
    limits = {}
    for text in texts:
        column, equals, value = text.partition("=")
        if not equals or column not in rows:
            known = ", ".join(map(str, rows.columns)) or "none"
            raise ProxyrankError(f"--limit {text}: expected COLUMN=VALUE with a column of --archs ({known})")
        try:
            limits[column] = float(value)
            rows[column].astype(float)
        except ValueError:
            raise ProxyrankError(f"--limit {text}: the column and its limit must be numbers") from None
    return limits


def _print(ranked: pd.DataFrame, *, labelled: bool) -> None:
    shown = ranked.copy()
    for column in {"score", "predicted", "low", "high"} & set(shown):
        shown[column] = shown[column].map(lambda v: "" if pd.isna(v) else f"{v:.3f}")
    shown["seen_in_training"] = shown["seen_in_training"].map({True: "yes", False: "no"})
    shown = shown[[*shown.columns.drop("arch"), "arch"]]
    output.print_rows(list(shown.columns), shown.itertuples(index=False))
    unit = "predicted is in label units" if labelled else "this model predicts no label"
    output.note(f"score is unitless and comparable within this ranker only; {unit}")
    if "low" in ranked:
        output.note("low and high are the ends of the 90 % prediction interval, in label units")
