"""A comparison has the numbers of single commands, and the same bytes however it was stopped."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import proxyrank
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import in_this_process
from proxyrank.evaluate import Labels, judge_ranker, judge_scores, load_labels
from proxyrank.spaces import get_space
from proxyrank.train.compare import (
    ComparePlan,
    Learnt,
    learnt_rankings,
    make_comparison,
    read_comparison,
    run_comparison,
    write_comparison,
)
from proxyrank.train.digits.benchmarks import BENCHMARKS
from proxyrank.train.fit import FitPlan, fit_ranker

SPACE = get_space("smallnets")
PLAN = ComparePlan(
    learnt_rankings(SPACE, ["config"], ["lightgbm"]), sizes=(24, 48), seeds=(0, 1), scores=("dim",)
)


@pytest.fixture
def labels() -> Labels:
    return load_labels(BENCHMARKS["smallnets"].table, space=SPACE, label="accuracy")


def test_rows_are_those_of_train_and_evaluate(labels: Labels) -> None:
    rows = run_comparison(SPACE, labels, PLAN, executor=in_this_process)
    assert len(rows) == (1 + 3) * 2 * 2  # flops and params beside
    at = rows.set_index(["ranking", "size", "seed"])
    plan = FitPlan(("config",), model="lightgbm", train_size=48, seed=1)
    ranker = fit_ranker(SPACE, labels, plan)
    report, _ = judge_ranker(ranker, labels)
    own = at.loc[("config", 48, 1)]
    for measure in ("KT", "SPR", "nDCG", "regret@1", "best_rank@10"):
        assert own[measure] == report.metrics[measure].value
    exclude = ranker.train_archs
    by = judge_scores(SPACE, labels, ["flops", "dim"], dataset="digits", exclude=exclude)
    for name, single in by.items():
        assert at.loc[(name, 48, 1), "KT"] == single.metrics["KT"].value
    assert (at.xs(48, level="size")["judged"] == len(labels.values) - 48).all()


class StoppedError(Exception):
    pass


def test_stopped_and_gone_on_with_has_the_same_bytes(labels: Labels, tmp_path: Path) -> None:
    def stopping(function: Any, arguments: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        for place, argument in enumerate(arguments):
            if place == 2:
                raise StoppedError
            yield place, function(argument)

    def counting(function: Any, arguments: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        counts.append(len(arguments))
        yield from in_this_process(function, arguments)

    counts: list[int] = []
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    for out, executor in ((whole, in_this_process), (torn, stopping), (torn, counting)):
        try:
            found = make_comparison(SPACE, labels, PLAN, executor=executor, out=out)
        except StoppedError:
            continue
        write_comparison(found, out, space="smallnets", command="proxyrank compare")
    assert counts == [4 - 2]
    files = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(torn) for path in torn.rglob("*") if path.is_file())
    for name in files:
        assert (whole / name).read_bytes() == (torn / name).read_bytes(), name
    assert {"compare.png", "compare.pdf", "table.csv", "table.md", "table.tex"} <= {str(f) for f in files}
    assert read_comparison(whole)["label"] == "accuracy"


def test_another_comparison_is_refused_and_more_seeds_are_not(labels: Labels, tmp_path: Path) -> None:
    out, plan = tmp_path / "c", ComparePlan(PLAN.learnt[:1], sizes=(24,), seeds=(0,))
    run_comparison(SPACE, labels, plan, executor=in_this_process, out=out)
    more = ComparePlan(PLAN.learnt[:1], sizes=(24,), seeds=(0, 1))
    assert len(run_comparison(SPACE, labels, more, executor=in_this_process, out=out)) == 3 * 2
    other = ComparePlan(PLAN.learnt[:1], sizes=(24,), seeds=(0,), split="classes")
    with pytest.raises(ProxyrankError, match="compared with split = 'published', asked for 'classes'"):
        run_comparison(SPACE, labels, other, executor=in_this_process, out=out)


def test_a_ranker_is_judged_on_what_nobody_was_trained_on(labels: Labels, tmp_path: Path) -> None:
    ranker = fit_ranker(SPACE, labels, FitPlan(("config",), model="lightgbm", train_size=40, seed=7))
    ranker.save(tmp_path / "mine")
    plan = ComparePlan(sizes=(24,), seeds=(0,))
    rows = run_comparison(SPACE, labels, plan, executor=in_this_process, rankers=[tmp_path / "mine"])
    from proxyrank.train.splits import split_train

    archs = list(labels.values.index)
    drawn = split_train(SPACE, archs, kind="published", train_size=24, seed=0)
    assert set(rows["judged"]) == {432 - len({*drawn, *ranker.train_archs})}
    assert list(rows["ranking"]) == ["mine", "flops", "params"]


def test_a_ranking_that_cannot_be_trained_has_a_reason(
    labels: Labels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ProxyrankError("no such luck")

    monkeypatch.setattr("proxyrank.train.compare.rows.fit_ranker", fail)
    plan = ComparePlan((Learnt("gp", ("config",), "gp"),), sizes=(24,), seeds=(0,))
    rows = run_comparison(SPACE, labels, plan, executor=in_this_process)
    assert pd.isna(rows.loc[0, "KT"])
    assert rows.loc[0, "reason"] == "no such luck"
    assert rows.loc[1:, "KT"].notna().all()  # the others go on


def test_too_many_labels_and_names_twice_are_refused_before_any_work(labels: Labels) -> None:
    with pytest.raises(ProxyrankError, match="left to judge on"):
        run_comparison(SPACE, labels, ComparePlan(PLAN.learnt, sizes=(432,)), executor=in_this_process)
    twice = ComparePlan((Learnt("flops", ("config",)),), sizes=(24,))
    with pytest.raises(ProxyrankError, match="two rankings are called 'flops'"):
        run_comparison(SPACE, labels, twice, executor=in_this_process)
    with pytest.raises(ProxyrankError, match="score"):
        run_comparison(SPACE, labels, ComparePlan(scores=("nonsense",)), executor=in_this_process)


def test_from_python_on_a_series() -> None:
    frame = pd.read_parquet(BENCHMARKS["smallnets"].table).set_index("arch")
    table, ax = proxyrank.compare(
        frame["accuracy"], space="smallnets", models=["lightgbm"], sizes=[24], seeds=2
    )
    assert list(table["ranking"]) == ["config", "flops", "params"]
    assert ax.get_ylabel() == "KT on all other networks"
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == list(table["ranking"])
