"""``demo``: the whole way on what the package ships."""

from pathlib import Path

from proxyrank.cli import options, output


def demo(
    out: options.OutFolder = Path("demo"),
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Train, judge and rank on the digits benchmark that ships."""
    from proxyrank.train.demo import run_demo

    result = run_demo(out, threads=threads)
    if json:
        reports = {name: report.to_dict() for name, report in result.reports.items()}
        output.print_json({**reports, "ceiling": result.ceiling})
        return
    first = next(iter(result.reports.values()))
    print(f"NAS-Bench-201 cells on noisy digits: trained on {result.n_train}, judged on {first.n} others")
    if first.novel:
        print(f"(novel: {first.novel.n} of them are not, up to names, a network that was trained on)")
    print()
    rows = []
    for name, report in result.reports.items():
        values, (low, high) = report.to_dict(), report.intervals["KT"]
        texts = [f"{values[key]:.3f}" for key in ("KT", "SPR", "nDCG")]
        novel = f"{report.novel.to_dict()['KT']:.3f}" if report.novel else ""
        more = [f"{values['top1']:.1f}", f"{values['regret@10']:.2f}", f"{low:.3f}..{high:.3f}"]
        rows.append([name, *texts, novel, *more])
    texts = [
        "" if result.ceiling[key] is None else f"{result.ceiling[key]:.3f}" for key in ("KT", "SPR", "nDCG")
    ]
    rows.append(["ceiling: ranking by true accuracies", *texts, *[""] * 4])
    titles = ["ranking", "KT", "SPR", "nDCG", "KT novel", "top-1 acc.", "regret@10", "KT 95 % interval"]
    output.print_rows(titles, rows)
    print(f"\nbest of {len(result.ranks)} cells without a label:")
    for row in result.ranks.head(3).itertuples():
        print(f"  {row.rank}. {row.arch}  predicted {row.predicted:.1f} %")
    print(f"\nwrote {out / 'ranks.csv'}, {result.picture} (predicted against true rank), {result.ranker}")
    output.next_step("rank", result.ranker, "--unseen", "--top", 10)
    output.next_step("train", "--help")
