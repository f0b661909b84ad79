"""The wrapper on architecture strings: matching by name, refusals, ranks."""

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from sklearn.model_selection import train_test_split

from proxyrank.common.errors import ArchitectureError, ProxyrankError, TableError
from proxyrank.features import FeatureTable, compute_features
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space, register_space

NB201 = get_space("nb201")
SMALL = {"n_estimators": 60}
Table = Callable[..., FeatureTable]


def _small(**kwargs: Any) -> ProxyRanker:
    return ProxyRanker(params=SMALL, **kwargs)


def _with_frame(table: FeatureTable, frame: pd.DataFrame) -> FeatureTable:
    return FeatureTable(frame, table.sidecar)


def test_ranks_unseen_cells(fitted: ProxyRanker, cells: list[str], labels: np.ndarray) -> None:
    ranked = fitted.rank(cells[40:])
    assert list(ranked.columns) == ["rank", "arch", "score", "predicted"]
    assert list(ranked["rank"]) == list(range(1, 21))
    assert sorted(ranked["arch"]) == sorted(cells[40:])
    assert (ranked["score"].diff().dropna() <= 0).all()
    truth = pd.Series(labels, index=cells)
    assert kendalltau(ranked["score"], truth[ranked["arch"]])[0] > 0.5
    predicted = dict(zip(ranked["arch"], ranked["predicted"], strict=True))
    np.testing.assert_array_equal(fitted.predict(cells[40:]), [predicted[arch] for arch in cells[40:]])
    assert 40 < ranked["predicted"].min() < ranked["predicted"].max() < 90


def test_answers_do_not_depend_on_what_else_is_asked(fitted: ProxyRanker, cells: list[str]) -> None:
    together = fitted.predict(cells)
    np.testing.assert_array_equal(fitted.predict(cells[::-1]), together[::-1])
    np.testing.assert_array_equal([fitted.predict([cell])[0] for cell in cells[:5]], together[:5])
    assert fitted.predict([]).shape == (0,)
    tuples = [NB201.to_tuple(cell) for cell in cells[:5]]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(fitted.predict(tuples), together[:5])
    twice = fitted.predict([cells[0], cells[1], cells[0]])
    assert twice[0] == twice[2]
    assert len(fitted.rank([cells[0], cells[1], cells[0]])) == 2


def test_row_order_of_training_does_not_matter(cells: list[str], labels: np.ndarray) -> None:
    a = _small(groups="paths").fit(cells, labels)
    b = _small(groups="paths").fit(cells[::-1], labels[::-1])
    np.testing.assert_array_equal(a.predict(cells), b.predict(cells))
    assert a.card == b.card


def test_t11_equal_cells_have_a_stated_order(cells: list[str], labels: np.ndarray) -> None:
    ranker = _small(groups="paths").fit(cells, labels)
    key: dict[str, list[str]] = {}
    for arch in NB201.archs("filtered"):
        key.setdefault(NB201.function_key(arch), []).append(arch)
    same = next(members for members in key.values() if len(members) >= 2)[:2]
    request = [*cells[:3], *same[::-1]]
    ranked = ranker.rank(request)
    scores = ranked.set_index("arch")["score"]
    assert scores[same[0]] == scores[same[1]]
    assert [arch for arch in ranked["arch"] if arch in same] == sorted(same)
    pd.testing.assert_frame_equal(ranked, ranker.rank(request[::-1]))


def test_t11_a_ranking_objective_predicts_no_label(cells: list[str], labels: np.ndarray) -> None:
    ranker = ProxyRanker("paths", params={**SMALL, "objective": "lambdarank"}).fit(cells, labels)
    assert not ranker.card.score_is_label
    assert ranker.card.target is None
    ranked = ranker.rank(cells)
    assert ranked["predicted"].isna().all()
    assert ranked["score"].notna().all()


@pytest.mark.parametrize("model", ["lightgbm", "forest"])
def test_minimised_labels_rank_the_smallest_first(model: str, cells: list[str], labels: np.ndarray) -> None:
    ranker = _small(groups="paths", model=model).fit(cells, 100 - labels, direction="min")
    best = ranker.rank(cells).iloc[0]
    assert best["predicted"] < np.median(100 - labels)
    assert best["predicted"] == ranker.predict(cells).min()
    assert ranker.card.label.direction == "min"


def test_t7_columns_are_matched_by_name(
    cells: list[str], labels: np.ndarray, user_table: Table, caplog: pytest.LogCaptureFixture
) -> None:
    table = user_table()
    ranker = _small().fit(cells[:40], labels[:40], features=table)
    expected = ranker.rank(cells[40:], features=table)
    swapped = _with_frame(table, table.frame[["synflow", "flops", "naswot"]].iloc[::-1])
    pd.testing.assert_frame_equal(ranker.rank(cells[40:], features=swapped), expected)
    again = _small().fit(cells[:40], labels[:40], features=swapped)
    pd.testing.assert_frame_equal(again.rank(cells[40:], features=table), expected)

    assert not caplog.records
    with caplog.at_level(logging.WARNING, logger="proxyrank"):
        extra = _with_frame(table, table.frame.assign(latency=3.0))
        pd.testing.assert_frame_equal(ranker.rank(cells[40:], features=extra), expected)
    assert [r.message for r in caplog.records] == [
        "1 columns that the ranker does not know are ignored: latency"
    ]

    absent = _with_frame(table, table.frame.drop(columns=["synflow", "flops"]))
    with pytest.raises(TableError, match=r"lacks 2 columns of the ranker: flops, synflow"):
        ranker.rank(cells[40:], features=absent)
    with pytest.raises(TableError, match=r"needs the columns of mine.csv \(naswot, synflow, flops\)"):
        ranker.rank(cells[40:])
    short = _with_frame(table, table.frame.drop(index=cells[50:]))
    with pytest.raises(TableError, match=r"10 of 20 architectures are not in the feature table, first: \|"):
        ranker.rank(cells[40:], features=short)


def test_t8_any_header_and_no_header_twice(cells: list[str], labels: np.ndarray, user_table: Table) -> None:
    names = ["min_path_len_(skip_connect,nor_conv_3x3)", "a b", "a_b", 'x[1]:{"y"}', "größe"]
    table = user_table(names)
    ranker = _small().fit(cells, labels, features=table)
    assert ranker.importances().index[0] == names[0]
    assert sorted(ranker.importances().index) == sorted(names)
    assert ranker.importances().sum() == pytest.approx(1.0)
    plain = user_table(["c0", "c1", "c2", "c3", "c4"])
    renamed = _with_frame(plain, table.frame[sorted(names)].set_axis(plain.frame.columns, axis=1))
    other = _small().fit(cells, labels, features=renamed)
    np.testing.assert_array_equal(
        other.predict(cells, features=renamed), ranker.predict(cells, features=table)
    )
    twice = table.frame.set_axis(["synflow", "b", "synflow", "d", "e"], axis=1)
    with pytest.raises(TableError, match="has the column 'synflow' more than once"):
        _small().fit(cells, labels, features=_with_frame(table, twice))


def test_t6_infinities_equal_blanks(cells: list[str], labels: np.ndarray, user_table: Table) -> None:
    table = user_table()
    infinite, blank = table.frame.copy(), table.frame.copy()
    infinite.loc[cells[:2], "naswot"] = [-np.inf, np.inf]
    blank.loc[cells[:2], "naswot"] = np.nan
    a = _small().fit(cells, labels, features=_with_frame(table, infinite))
    b = _small().fit(cells, labels, features=_with_frame(table, blank))
    assert a.estimator.export() == b.estimator.export()
    np.testing.assert_array_equal(
        a.predict(cells, features=_with_frame(table, infinite)),
        b.predict(cells, features=_with_frame(table, blank)),
    )
    assert np.isinf(infinite.to_numpy()).sum() == 2  # the caller's table is left as it was


def test_t12_another_space_is_refused_with_both_names(fitted: ProxyRanker, cells: list[str]) -> None:
    mobile = "SuperConvK3BNRELU(3,8,2,1)SuperResIDWE6K3(8,32,2,8,1)SuperConvK1BNRELU(32,2048,1,1)"
    with pytest.raises(ArchitectureError, match=r"nb201.*cannot rank SuperConvK3.*mobilenetv2"):
        fitted.rank([cells[0], mobile])
    with pytest.raises(ArchitectureError, match=r"architecture 2 of 2: "):
        fitted.rank([cells[0], "|nor_conv_5x5~0|"])
    with pytest.raises(ProxyrankError, match="unknown search space 'nb301'"):
        ProxyRanker(space="nb301").fit(cells, np.arange(60.0))
    table = compute_features(NB201, cells, ["paths"], cache=False)
    table.sidecar.space = "mobilenet"
    with pytest.raises(TableError, match="feature table of the search space mobilenet, expected nb201"):
        _small().fit(cells, np.arange(60.0), features=table)


class _Letters:
    """A space of one-letter architectures, enough to recognise one."""

    name = "letters"

    def parse(self, text: str) -> str:
        if text not in {"a", "b"}:
            raise ArchitectureError(f"{text} is no letter")
        return text


LETTERS = _Letters()


def test_t12_a_registered_space_is_recognised(fitted: ProxyRanker, monkeypatch: pytest.MonkeyPatch) -> None:
    from proxyrank.spaces import lookup

    monkeypatch.setattr(lookup, "_FACTORIES", dict(lookup._FACTORIES))
    monkeypatch.setitem(sys.modules, "_letters", sys.modules[__name__])
    register_space("letters", "_letters", "LETTERS")
    with pytest.raises(
        ArchitectureError, match="of the search space nb201, it cannot rank b, an architecture of letters"
    ):
        fitted.rank(["b"])


def test_t4_rows_without_a_label_are_counted(cells: list[str], labels: np.ndarray) -> None:
    holes = labels[:30].copy()
    holes[[3, 7, 11]] = [np.nan, np.nan, np.inf]
    ranker = _small(groups="paths").fit(cells[:30], holes)
    assert (ranker.card.n_train, ranker.card.n_dropped) == (27, 3)
    assert ranker.card.notes == ["3 of 30 rows had no finite label and were left out"]
    kept = [i for i in range(30) if i not in {3, 7, 11}]
    assert ranker.train_archs == tuple(sorted(cells[i] for i in kept))
    other = _small(groups="paths").fit([cells[i] for i in kept], labels[kept])
    np.testing.assert_array_equal(ranker.predict(cells), other.predict(cells))


def test_labels_that_will_not_do(cells: list[str], labels: np.ndarray) -> None:
    ranker = _small(groups="paths")
    for archs, values, message in (
        (cells[:30], np.full(30, 93.0), r"label has one distinct value \(93.0\) over 30 rows"),
        (cells[:1], [93.0], "at least 2 architectures with a finite label, got 1"),
        (cells[:3], [np.nan] * 3, "at least 2 architectures with a finite label, got 0"),
        (cells[:3], [1.0, 2.0], r"one label for each of 3 architectures, got shape \(2,\)"),
        (cells[:2], ["93,1", "4"], "labels must be numbers"),
        ([cells[0], cells[0]], [1.0, 2.0], r"architecture given twice: \|"),
    ):
        with pytest.raises(ProxyrankError, match=message):
            ranker.fit(archs, values)  # type: ignore[arg-type]
    with pytest.raises(ProxyrankError, match="unknown direction 'up'"):
        ranker.fit(cells, labels, direction="up")
    with pytest.raises(ProxyrankError, match="not fitted yet"):
        ranker.rank(cells)
    with pytest.raises(ProxyrankError, match="model lightgbm has no parameter depth"):
        ProxyRanker("paths", params={"depth": 3}).fit(cells, labels)


def test_x12_a_constant_fit_is_an_error(cells: list[str], labels: np.ndarray, user_table: Table) -> None:
    table = user_table()
    flat = _with_frame(table, table.frame * 0.0)
    with pytest.raises(ProxyrankError, match="the ranker would be constant"):
        _small().fit(cells, labels, features=flat)


def test_x1_the_label_among_the_features_is_left_out(
    cells: list[str], labels: np.ndarray, user_table: Table
) -> None:
    table = user_table()
    named = table.sidecar.groups["user"].columns
    frame = table.frame.loc[cells]
    frame = frame.assign(
        **{named[0]: labels, named[1]: -np.exp(labels / 100), named[2]: np.arange(len(frame)) + 1.0}
    )
    given = _with_frame(table, frame)
    if len(table.columns) == 3:
        frame["other"] = frame[named[2]] % 7
    ranker = _small().fit(cells, labels, features=given)
    assert ranker.card.feature_names == sorted(set(given.columns) - {named[0]})
    copy, monotone, counted = ranker.card.notes[:3]
    assert f"{named[0]!r} is the label itself and was left out" in copy
    assert f"{named[1]!r} orders the architectures exactly as the label does" in monotone
    assert f"{named[2]!r} counts the rows of its table" in counted
    blind = _with_frame(table, frame.assign(**{named[0]: 0.0}))
    pd.testing.assert_frame_equal(
        ranker.rank(cells, features=given), ranker.rank(cells, features=blind), check_exact=True
    )


def test_a_ranker_of_own_and_computed_columns(
    cells: list[str], labels: np.ndarray, user_table: Table
) -> None:
    from proxyrank.features import join_tables

    own = user_table()
    both = join_tables([compute_features(NB201, cells, ["paths"]), own])
    ranker = _small().fit(cells, labels, features=both)
    # the columns that can be computed are, where the table has none of them
    np.testing.assert_array_equal(ranker.predict(cells, features=own), ranker.predict(cells, features=both))


def test_features_of_another_version_or_setting_are_refused(fitted: ProxyRanker, cells: list[str]) -> None:
    table = compute_features(NB201, cells, ["graf", "paths"])
    (graf,) = table.sidecar.groups["graf"].families
    graf.version += 1
    with pytest.raises(
        TableError, match=r"group graf: the ranker was trained on version 1 of \S+, the feature table has"
    ):
        fitted.rank(cells, features=table)
    older = compute_features(NB201, cells, ["graf", "paths"], settings={"graf_no_path": "older"})
    with pytest.raises(
        TableError, match="group graf: the ranker was trained with graf_no_path = 'published'"
    ):
        fitted.rank(cells, features=older)


def test_e2_the_package_alone_loads_neither_torch_nor_lightgbm() -> None:
    code = (
        "import sys, proxyrank.models as m; m.ProxyRanker, m.MODELS, m.LightGBMRanker;"
        "print([name for name in ('torch', 'lightgbm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("groups", "label", "least"),
    [
        ("graf", "cifar10", 0.855),
        ("paths,cell,flow", "cifar10", 0.903),
        ("paths,cell,flow", "cifar100", 0.885),
        ("paths,cell,flow", "ImageNet16-120", 0.885),
    ],
)
def test_unseen_cells_of_the_benchmark(groups: str, label: str, least: float, data_folder: Path) -> None:
    """One seed of the published protocol; the means over five seeds lie .007 to .011 above the bounds."""
    archs = list(NB201.archs("filtered"))
    truth = pd.read_csv(data_folder / "nb201_accuracy.csv", index_col="arch")[label]
    train, test = train_test_split(archs, train_size=1024, random_state=1)
    ranker = ProxyRanker(groups).fit(train, truth[train])
    assert kendalltau(ranker.predict(test), truth[test])[0] > least


@pytest.mark.parametrize("model", ["lightgbm", "forest"])
def test_a_gap_that_training_never_had_takes_the_median_and_is_marked(
    cells: list[str], labels: np.ndarray, user_table: Table, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    table = user_table()
    shifted = table.frame + 100.0  # so that 0, LightGBM's guess, is far from the median
    params = {"n_estimators": 30}
    ranker = ProxyRanker("paths", model, params=params).fit(
        cells[:40], labels[:40], features=_with_frame(table, shifted)
    )
    gaps, stated = shifted.copy(), shifted.copy()
    gaps.loc[cells[41:43], "naswot"] = [np.nan, np.inf]
    stated.loc[cells[41:43], "naswot"] = shifted.loc[cells[:40], "naswot"].median()
    found = ranker.rank(cells[40:], features=_with_frame(table, gaps))
    assert set(found.loc[found["imputed"], "arch"]) == set(cells[41:43])
    assert "2 of 20 architectures lack a value that no training row lacked (naswot)" in caplog.text
    expected = ranker.rank(cells[40:], features=_with_frame(table, stated))
    assert "imputed" not in expected
    pd.testing.assert_frame_equal(found.drop(columns="imputed"), expected, check_exact=True)
