"""``evaluate``: metrics of rankers and of scores, with what was left out."""

from pathlib import Path

import pandas as pd
import pytest

import proxyrank.features
from proxyrank.spaces import get_space

SPACE = get_space("nb201")


def test_metrics_of_a_ranker_without_its_training_cells(run, ranker: Path, labels_csv: Path) -> None:
    report = run("evaluate", ranker, "--labels", labels_csv, "--json").json
    assert {"KT", "SPR", "nDCG", "top1", "n", "dropped", "regret@1", "regret@10", "regret@100"} <= set(report)
    assert report["n"] == 60
    assert report["KT"] > 0.7
    low, high = report["intervals"]["KT"]
    assert low < report["KT"] < high
    assert report["nDCG_random"] < report["nDCG"]
    text = run("evaluate", ranker, "--labels", labels_csv)
    assert "nDCG" in text.out


def test_t13_seen_cells_are_counted(run, ranker: Path, tmp_path: Path) -> None:
    trained = (ranker / "train_archs.txt").read_text().split()
    variant = next(
        near for a in trained for near in SPACE.neighbours(a) if near != a == SPACE.canonical(near)
    )
    others = [a for a in SPACE.archs() if SPACE.canonical(a) not in set(trained)][:15]
    rows = [*trained[:4], variant, *others]
    pd.DataFrame({"arch": rows, "acc": range(20)}).to_csv(tmp_path / "e.csv", index=False)
    result = run("evaluate", ranker, "--labels", tmp_path / "e.csv", "--population", "all", "--json")
    assert "5 of 20 seen in training: 4 exactly (left out), 1 through their canonical form" in result.err
    assert result.json["n"] == 16
    assert (result.json["trained"], result.json["seen"]) == (4, 1)


def test_d4_judged_by_another_label_than_trained_on(
    run, ranker: Path, labels_csv: Path, tmp_path: Path
) -> None:
    frame = pd.read_csv(labels_csv)
    frame.assign(other=frame["acc"] ** 2).drop(columns="acc").to_csv(tmp_path / "other.csv", index=False)
    found = run("evaluate", ranker, "--labels", tmp_path / "other.csv", "--label", "other", "--json")
    assert "the ranker was trained on 'acc' and is judged by 'other'" in found.err
    assert (found.json["label"], found.json["trained_label"]) == ("other", "acc")
    assert "trained_label" not in run("evaluate", ranker, "--labels", labels_csv, "--json").json


def test_networks_equal_to_a_trained_one_are_counted_and_left_out_of_novel(
    run, labels_csv: Path, tmp_path: Path
) -> None:
    frame = pd.read_csv(labels_csv)
    space = get_space("nb201")
    trained = set(frame.arch)
    key = {space.function_key(a) for a in trained}
    twins = [a for a in space.archs("filtered") if a not in trained and space.function_key(a) in key][:20]
    out = tmp_path / "r"
    assert (
        run(
            "train", "--labels", labels_csv, "--groups", "paths", "--out", out, "--population", "filtered"
        ).code
        == 0
    )
    others = [a for a in space.archs("filtered") if space.function_key(a) not in key][:40]
    rows = {"arch": [*twins, *others], "acc": [*range(40, 60), *range(10, 50)]}
    pd.DataFrame(rows).to_csv(tmp_path / "e.csv", index=False)
    result = run("evaluate", out, "--labels", tmp_path / "e.csv", "--json")
    assert (result.json["n"], result.json["equal"], result.json["distinct"]) == (60, 20, len(key))
    assert "20 of 60 judged are a training network up to names" in result.err
    novel = result.json["novel"]
    pd.DataFrame(rows).iloc[20:].to_csv(tmp_path / "n.csv", index=False)
    alone = run("evaluate", out, "--labels", tmp_path / "n.csv", "--json").json
    assert alone["equal"] == 0
    for name in ("KT", "SPR", "nDCG", "top1", "best_rank@10", "precision_top0.5pct", "coverage90", "n"):
        assert novel[name] == alone[name]
    assert len(novel["coverage90_by_tenth"]) == 10
    text = run("evaluate", out, "--labels", tmp_path / "e.csv").out
    assert "novel" in text
    pd.DataFrame(rows).iloc[:20].to_csv(tmp_path / "t.csv", index=False)
    none = run("evaluate", out, "--labels", tmp_path / "t.csv", "--json").json["novel"]
    assert (none["n"], none["KT"], none["coverage90"]) == (0, None, None)


def test_only_training_cells_is_an_error(run, ranker: Path, tmp_path: Path) -> None:
    trained = (ranker / "train_archs.txt").read_text().split()[:5]
    pd.DataFrame({"arch": trained, "acc": range(5)}).to_csv(tmp_path / "e.csv", index=False)
    result = run("evaluate", ranker, "--labels", tmp_path / "e.csv")
    assert result.code == 2
    assert "all 5 labelled architectures were trained on" in result.err


def test_published_training_free_rows(run, data_folder: Path) -> None:
    """Published KT and SPR of CIFAR-10 (VKDNW, CVPR 2025, tables 1 and 6), three decimals, within 0.005."""
    published = {
        ("flops", "filtered"): (0.623, 0.799),
        ("flops", "all"): (0.578, 0.753),
        ("dim", "filtered"): (0.626, 0.767),
        ("dim", "all"): (0.580, 0.723),
    }
    table = data_folder / "nb201_accuracy.csv"
    for (by, population), (kt, spr) in published.items():
        args = ("--labels", table, "--label", "cifar10", "--population", population, "--json")
        report = run("evaluate", "--by", by, *args).json
        assert report["KT"] == pytest.approx(kt, abs=0.005)
        assert report["SPR"] == pytest.approx(spr, abs=0.005)
        assert report["n"] == len(SPACE.archs(population))


def test_v1_r6_scores_of_ones_own(run, labels_csv: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(labels_csv).head(10)
    scores = pd.DataFrame({"arch": frame.arch, "mine": frame.acc, "flat": 5.0, "against": -frame.acc})
    scores.loc[[2, 5], "mine"] = None
    scores.to_csv(tmp_path / "s.csv", index=False)
    args = ("--labels", labels_csv, "--scores", tmp_path / "s.csv", "--json", "--by")
    mine = run("evaluate", *args, "mine").json
    assert (mine["n"], mine["dropped"], mine["KT"]) == (8, 2, 1.0)
    flat = run("evaluate", *args, "flat")
    assert flat.json["KT"] is None
    assert "constant" in flat.json["reasons"]["KT"]
    against = run("evaluate", *args, "against").json
    assert against["KT"] == -1.0
    assert any("negative" in note for note in against["notes"])
    unknown = run("evaluate", *args, "no_such")
    assert unknown.code == 2
    assert "unknown score 'no_such'" in unknown.err


def test_of_several_score_tables_the_later_one_counts(run, labels_csv: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(labels_csv).head(10)
    for name, mine in (("one", frame.acc), ("two", -frame.acc)):
        table = pd.DataFrame({"arch": frame.arch, "mine": mine, name: frame.acc})
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    both = ("--scores", tmp_path / "one.csv", "--scores", tmp_path / "two.csv")
    for by, tau in (("mine", -1.0), ("one", 1.0), ("two", 1.0)):
        found = run("evaluate", "--labels", labels_csv, *both, "--json", "--by", by)
        assert found.json["KT"] == tau
        assert f"{tmp_path / 'one.csv'}: mine taken from a later table instead" in found.err


@pytest.mark.parametrize(
    ("label", "with_least", "without"),  # docs/inputs.md
    [
        ("cifar10", {"vkdnw_agg": 0.744, "az_nas": 0.719}, {"vkdnw_agg": 0.740, "az_nas": 0.699}),
        (
            "cifar100",
            {"vkdnw_agg": 0.754, "az_nas": 0.706, "jacov": 0.628, "naswot": 0.654, "vkdnw_single": 0.619},
            {"vkdnw_agg": 0.751, "az_nas": 0.686},
        ),
        ("ImageNet16-120", {"vkdnw_agg": 0.742, "az_nas": 0.685}, {"vkdnw_agg": 0.739, "az_nas": 0.663}),
    ],
)
def test_rules_that_combine_columns_are_scores_of_a_table(
    run, data_folder: Path, label: str, with_least: dict[str, float], without: dict[str, float]
) -> None:
    shipped = Path(proxyrank.features.__file__).parent / "data"
    names = ("", "-batch64", "-pink64", "-least64")
    tables = [word for n in names for word in ("--scores", shipped / f"nb201-{label}{n}.parquet")]
    args = ("--labels", data_folder / "nb201_accuracy.csv", "--label", label, "--json")
    for given, reached in ((tables, with_least), (tables[:6], without)):
        for by, tau in reached.items():
            report = run("evaluate", *args, "--population", "filtered", "--by", by, *given).json
            assert report["KT"] == pytest.approx(tau, abs=1e-3)
            # of a single column: the network without any path has no value
            assert report["n"] == (9444 if by in {"jacov", "naswot"} else 9445)
    if label == "cifar10":
        larger = (*tables, "--scores", shipped / "nb201-cifar10-vkdnw64.parquet")
        for by, tau in {"vkdnw_single": 0.606, "vkdnw_agg": 0.747}.items():
            report = run("evaluate", *args, "--population", "filtered", "--by", by, *larger).json
            assert report["KT"] == pytest.approx(tau, abs=1e-3)
    lacking = run("evaluate", *args, "--by", "vkdnw_agg", "--scores", tables[5])
    assert lacking.code == 2
    assert "lacks the columns expressivity" in lacking.err


def test_u7_baselines_on_the_same_networks(run, ranker: Path, labels_csv: Path) -> None:
    report = run("evaluate", ranker, "--labels", labels_csv, "--baselines", "--json").json
    assert set(report["baselines"]) == {"flops", "params", "dim"}
    assert all(other["n"] == report["n"] for other in report["baselines"].values())
    assert "flops" in run("evaluate", ranker, "--labels", labels_csv, "--baselines").out


def test_v8_k_below_one_and_one_row(run, ranker: Path, labels_csv: Path, tmp_path: Path) -> None:
    assert run("evaluate", ranker, "--labels", labels_csv, "--k", 0).code == 2
    pd.read_csv(labels_csv).tail(1).to_csv(tmp_path / "one.csv", index=False)
    report = run("evaluate", "--by", "flops", "--labels", tmp_path / "one.csv", "--json")
    assert report.code == 0
    assert report.json["KT"] is None


@pytest.mark.parametrize("args", [(), ("--by", "flops", "RANKER")])
def test_what_to_judge_must_be_said(run, ranker: Path, labels_csv: Path, args: tuple[str, ...]) -> None:
    chosen = [ranker if arg == "RANKER" else arg for arg in args]
    assert run("evaluate", "--labels", labels_csv, *chosen).code == 2
