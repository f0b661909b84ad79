"""``evaluate``: metrics of a ranker, or of a score that needs no training."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.labels import labelled_space, read_labels
from proxyrank.cli.own_ranker import open_ranker
from proxyrank.common.errors import ProxyrankError

if TYPE_CHECKING:
    from proxyrank.evaluate import Report


def evaluate(
    labels: options.Labels,
    ranker: options.OptionalRankerFolder = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Judge a score in place of a ranker: flops, params, dim, a --scores column, or vkdnw_agg, "
            "vkdnw_single, az_nas, te_nas of its columns."
        ),
    ] = None,
    scores: Annotated[
        list[str] | None,
        typer.Option(
            help="CSV/parquet table with column arch and score columns; of several, a column that two hold "
            "is the later one's."
        ),
    ] = None,
    label: options.Label = None,
    label_direction: options.LabelDirection = None,
    population: options.Population = None,
    dataset: options.OwnDataset = None,
    features: options.Features = None,
    sentinel: options.Sentinels = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
    baselines: Annotated[
        bool,
        typer.Option("--baselines", help="Judge sizes and every --scores column on the same networks too."),
    ] = False,
    k: Annotated[int, typer.Option("--k", help="Top positions that nDCG looks at.")] = 1000,
    space: options.RankerSpace = None,
    json: options.Json = False,
) -> None:
    """Judge a ranking by true labels: KT, SPR, nDCG, regret.

    A ranker is judged on its own population without its training cells.
    """
    from proxyrank.evaluate import SIZES, judge_ranker, judge_scores, sized_dataset
    from proxyrank.features.tables.join import hidden_columns, overlaid

    if (ranker is None) == (by is None):
        raise ProxyrankError("say what to judge: a ranker folder, or --by NAME (one of the two)")
    loaded, own = None, None
    if ranker:
        loaded, own = open_ranker(
            ranker,
            space=space,
            features=features,
            candidates=candidates,
            build=build,
            logits=logits,
            timeout=build_timeout,
            sentinels=sentinel,
        )
    card = loaded.card if loaded else None
    where = loaded.search_space if loaded else labelled_space(space, labels)
    known = read_labels(
        where,
        labels,
        label=label or (card.label.name if card else None),
        direction=label_direction or (card.label.direction if card else None),
    )
    if card and known.name != card.label.name:
        output.note(f"the ranker was trained on {card.label.name!r} and is judged by {known.name!r}")
    chosen = population or (card.population if card else "all")
    read = (arguments.user_table(where, name, "--scores", sentinels=sentinel or ()) for name in scores or ())
    tables = [own for own in read if own is not None]
    table = overlaid(tables) if tables else None
    for text in (*hidden_columns(scores or (), tables), *(table.sidecar.forced if table else ())):
        output.note(text)
    reports: dict[str, Report] = {}
    facts: dict[str, Any] = {}
    if loaded:
        name = "+".join(loaded.card.groups)
        reports[name], facts = judge_ranker(loaded, known, population=chosen, features=own, k=k)
        output.note(
            f"{facts['trained'] + facts['seen']} of {facts['labelled']} seen in training: {facts['trained']} "
            f"exactly (left out), {facts['seen']} through their canonical form (judged)"
        )
        if facts["equal"]:
            output.note(
                f"{facts['equal']} of {reports[name].n} judged are a training network up to names; "
                "novel: the others alone"
            )
    names = [by] if by else []
    if baselines:
        names += [*SIZES, *(table.frame.columns if table is not None else ())]
    if names:
        reports |= judge_scores(
            where,
            known,
            list(dict.fromkeys(map(str, names))),
            dataset=dataset or sized_dataset(where, known.name),
            population=chosen,
            table=table,
            exclude=loaded.train_archs if loaded else (),
            k=k,
        )
    other = {"trained_label": card.label.name} if card and card.label.name != known.name else {}
    head = {"label": known.name, **other, "direction": known.direction, "population": chosen, **facts}
    head |= arguments.failed_fields(where, own, table) if json else {}
    _show(reports, head, json=json)


def _show(reports: "dict[str, Report]", head: dict[str, Any], *, json: bool) -> None:
    first, report = next(iter(reports.items()))
    if json:
        others = {name: other.to_dict() for name, other in list(reports.items())[1:]}
        extra = {"baselines": others} if others else {}
        output.print_json({"ranking": first, **head, **report.to_dict(), **extra})
        return
    output.print_fields({"ranking": first, **head})
    print()
    novel = report.novel if report.novel and report.novel.n < report.n else None
    titles = ["metric", "value", "95 % interval", *(["novel"] if novel else []), "remark"]
    output.print_rows(titles, _metric_rows(report, novel))
    counts = {"n": report.n, **({"novel": novel.n} if novel else {})}
    output.print_fields({**counts, "dropped": report.dropped, "gain of nDCG": report.gain})
    for text in report.notes:
        output.note(text)
    if len(reports) > 1:
        names = ("KT", "SPR", "nDCG", "top1")
        print()
        output.print_rows(
            ["ranking", *names, "n"],
            [[n, *(_text(r.to_dict()[m]) for m in names), r.n] for n, r in reports.items()],
        )


def _metric_rows(report: "Report", novel: "Report | None") -> list[list[str]]:
    rows = []
    for name, metric in report.metrics.items():
        interval = report.intervals.get(name)
        between = f"{interval[0]:.3f} .. {interval[1]:.3f}" if interval else ""
        beside = [_text(novel.metrics[name].value)] if novel else []
        rows.append([name, _text(metric.value), between, *beside, metric.reason or metric.note or ""])
    return rows


def _text(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
