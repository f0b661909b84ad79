"""Labels from users' tables: the cases in which other tools guess."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ArchitectureError, TableError
from proxyrank.evaluate import Labels, load_labels, make_labels, require_varied
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
ARCHS = SPACE.sample(30, seed=0)


def _table(folder: Path, rows: list[tuple[str, object]], label: str = "acc") -> Path:
    path = folder / "labels.csv"
    path.write_text(f"arch,{label}\n" + "".join(f'"{arch}",{value}\n' for arch, value in rows))
    return path


def test_labels_are_sorted_and_spelled_exactly(tmp_path: Path) -> None:
    spelled = [str(SPACE.to_tuple(ARCHS[0])), f"  {ARCHS[1]} ", ARCHS[2]]
    labels = load_labels(_table(tmp_path, list(zip(spelled, [1, 2, 3], strict=True))), space=SPACE)
    assert labels.values.to_dict() == dict(zip(ARCHS[:3], [1.0, 2.0, 3.0], strict=True))
    assert list(labels.values.index) == sorted(ARCHS[:3])
    assert labels.values.index.name == "arch"
    assert (labels.name, labels.direction, labels.dropped) == ("acc", "max", 0)
    assert labels.notes == ("label 'acc', higher is better: 3 rows in, 3 out",)


def test_bad_architecture_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ArchitectureError, match=r"labels\.csv, line 3: .*not a topology cell"):
        load_labels(_table(tmp_path, [(ARCHS[0], 1), ("64:32:16:8:64", 2)]), space=SPACE)
    path = tmp_path / "other.csv"
    path.write_text("cell,acc\nx,1\n")
    with pytest.raises(TableError, match="no column 'arch'; columns: cell, acc"):
        load_labels(path, space=SPACE)


def test_d1_missing_labels(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no\.csv: no such file \(from --labels\)"):
        load_labels(tmp_path / "no.csv", space=SPACE)


def test_d2_the_whole_space_loads_in_seconds(data_folder: Path) -> None:
    labels = load_labels(data_folder / "nb201_accuracy.csv", space=SPACE, label="cifar10")
    assert len(labels.values) == 15_625
    raw = pd.read_csv(data_folder / "nb201_accuracy.csv", index_col="arch")["cifar10"]
    pd.testing.assert_series_equal(labels.values, raw.sort_index(), check_index_type=False, check_names=False)
    filtered = labels.subset(SPACE.archs("filtered"))
    assert list(filtered.values.index) == list(SPACE.archs("filtered"))


def test_d4_ambiguous_label(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"arch,cifar10_valid,comment,cifar10_test,cifar100_test\n{ARCHS[0]},1,good,2,3\n")
    with pytest.raises(TableError, match=r"--label: cifar10_valid, cifar10_test, cifar100_test$"):
        load_labels(path, space=SPACE)
    with pytest.raises(TableError, match=r"label column 'cifar10_tset'; nearest: cifar10_test; known: "):
        load_labels(path, space=SPACE, label="cifar10_tset")
    assert load_labels(path, space=SPACE, label="cifar100_test").values.to_list() == [3.0]


def test_one_numeric_column_beside_text_needs_no_choice(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"arch,who,acc\n{ARCHS[0]},me,93.1\n{ARCHS[1]},you,\n")
    assert load_labels(path, space=SPACE).name == "acc"
    path.write_text(f"arch,who,what\n{ARCHS[0]},me,x\n")
    with pytest.raises(TableError, match="no numeric column beside 'arch'; columns: who, what"):
        load_labels(path, space=SPACE)
    path.write_text(f"arch\n{ARCHS[0]}\n")
    with pytest.raises(TableError, match="no numeric column beside 'arch'; columns: none"):
        load_labels(path, space=SPACE)


def test_d7_repeated_architectures(tmp_path: Path) -> None:
    path = _table(
        tmp_path, [(ARCHS[0], 90.1), (ARCHS[1], 50), (ARCHS[0], 88.3), (ARCHS[0], 90.1), (ARCHS[1], 50)]
    )
    labels = load_labels(path, space=SPACE)
    assert labels.values[ARCHS[0]] == pytest.approx((90.1 + 90.1 + 88.3) / 3, rel=1e-15)
    assert labels.values[ARCHS[1]] == 50
    assert labels.notes == (
        "label 'acc', higher is better: 5 rows in, 2 out",
        "collapsed 3 repeated rows; mean taken of different labels for 1 architecture, largest spread 1.8",
    )
    with pytest.raises(
        TableError, match=r"different labels for .*: 88\.3 \(.*line 4\), 90\.1 \(.*line 2\), 90\.1"
    ):
        load_labels(path, space=SPACE, duplicates="error")


def test_d7_equal_repeats_keep_the_exact_value_and_are_no_error() -> None:
    labels = make_labels([ARCHS[0]] * 3, np.full(3, 0.1), name="acc", duplicates="error")
    assert labels.values.to_list() == [0.1]
    assert labels.notes[1] == "collapsed 2 repeated rows"


def test_mean_of_repeats_does_not_depend_on_the_order_of_rows() -> None:
    values = np.array([0.1, 0.7, 1e16, 0.3])
    one = make_labels([ARCHS[0]] * 4, values, name="acc").values
    other = make_labels([ARCHS[0]] * 4, values[::-1], name="acc").values
    assert one.to_list() == other.to_list()


def test_d8_sentinels_are_missing() -> None:
    labels = make_labels(ARCHS[:3], np.array([1.0, -1e8, 2.0]), name="acc")
    assert labels.dropped == 1
    assert labels.missing == (ARCHS[1],)


@pytest.mark.parametrize("name", ["valid_error", "loss", "test-loss", "top1_err", "Error"])
def test_d10_error_columns_draw_a_warning(tmp_path: Path, name: str) -> None:
    path = _table(tmp_path, [(ARCHS[0], 0.06), (ARCHS[1], 0.9)], name)
    assert any(note.startswith("warning: column") for note in load_labels(path, space=SPACE).notes)
    labels = load_labels(path, space=SPACE, direction="min")
    assert labels.direction == "min"
    assert not any("warning" in note for note in labels.notes)
    assert labels.oriented.idxmax() == ARCHS[0]


@pytest.mark.parametrize("name", ["acc", "cifar10", "lossless", "terror", "accuracy"])
def test_d10_other_columns_draw_none(name: str) -> None:
    notes = make_labels(ARCHS[:2], np.array([1.0, 2.0]), name=name).notes
    assert not any("warning" in note for note in notes)


def test_t4_missing_labels_are_dropped_and_counted(tmp_path: Path) -> None:
    values: list[object] = ["", "inf", *range(2, 29), ""]
    path = _table(tmp_path, list(zip(ARCHS, values, strict=True)))
    labels = load_labels(path, space=SPACE)
    assert len(labels.values) == 27
    assert labels.dropped == 3
    assert labels.missing == tuple(sorted([ARCHS[0], ARCHS[1], ARCHS[29]]))
    count = "3 of 30 rows without a finite label in 'acc'"
    assert labels.notes[1] == f"dropped {count} (2 blank, 1 infinite, 0 failed (-1e8))"
    with pytest.raises(TableError, match=rf"{count}, the first at .*labels\.csv, line 2"):
        load_labels(path, space=SPACE, strict=True)
    with pytest.raises(TableError, match="no label is left: 2 of 2 rows"):
        load_labels(_table(tmp_path, [(ARCHS[0], ""), (ARCHS[1], "nan")]), space=SPACE)


@pytest.mark.parametrize("cell", ["93,1", "93.1%"])
def test_t4_text_is_refused_with_its_row(tmp_path: Path, cell: str) -> None:
    with pytest.raises(TableError, match=rf"labels\.csv, line 3: .* found '{cell}'"):
        load_labels(_table(tmp_path, [(ARCHS[0], 1), (ARCHS[1], f'"{cell}"')]), space=SPACE)
    with pytest.raises(TableError, match=rf"labels\.csv, line 2: .* found '{cell}'"):
        load_labels(_table(tmp_path, [(ARCHS[0], f'"{cell}"')]), space=SPACE)


def test_t10_constant_labels() -> None:
    with pytest.raises(TableError, match=r"label has one distinct value \(93\.0\) over 30 rows"):
        require_varied(make_labels(ARCHS, np.full(30, 93.0), name="acc"))
    require_varied(make_labels(ARCHS[:2], np.array([1.0, 2.0]), name="acc"))


def test_subset_keeps_what_is_asked_for() -> None:
    labels = make_labels(ARCHS[:4], np.array([1.0, np.nan, 2.0, np.nan]), name="acc")
    part = labels.subset([ARCHS[0], ARCHS[1], "unknown"])
    assert part.values.to_dict() == {ARCHS[0]: 1.0}
    assert part.missing == (ARCHS[1],)
    assert isinstance(part, Labels)


@pytest.mark.parametrize(
    ("space", "file", "label", "rows"),
    [
        ("nb101", "nasbench101_sample15000.csv", "test_acc", 15_000),
        ("nb101", "nasbench101_full.parquet", "test_acc", 423_624),
        ("nb-macro", "nasbench_macro_cifar10.csv", "test_acc", 6_561),
        ("mbconv", "accel_nasbench_imagenet.csv", "val_top1", 5_125),
        ("darts", "darts_oncenas_cifar10.csv", "test_acc50", 545),
        ("darts", "darts_swap_cifar10.csv", "val_acc", 1_000),
        ("darts", "darts_nasbenchmark214_cifar10.csv", "test_acc", 214),
        ("tnb101-micro", "tnb101_micro_classscene.csv", "val_acc", 2_128),
        ("nb201", "nb201_robustness_cifar10.parquet", "val_accs", 15_625),
    ],
)
def test_files_of_the_fields_spaces_are_read_as_they_are(
    data_folder: Path, space: str, file: str, label: str, rows: int
) -> None:
    path = data_folder / "spaces" / file
    if not path.is_file():
        pytest.skip(f"{path} does not exist")
    labels = load_labels(path, space=get_space(space), label=label)
    assert len(labels.values) == rows


def test_columns_that_name_an_architecture_are_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text("matrix,ops,acc\n0110/0001/0001,01,93\n01,,90\n")
    labels = load_labels(path, space=get_space("nb101"))
    assert labels.name == "acc"
    assert dict(labels.values) == {"0110/0001/0001:01": 93, "01:": 90}
    path.write_text("matrix,acc\n0110/0001/0001,93\n")
    with pytest.raises(TableError, match=r"no column 'arch' \(or the columns matrix, ops\)"):
        load_labels(path, space=get_space("nb101"))


@pytest.mark.parametrize(
    ("values", "direction", "warned"),
    [
        ([100.0] * 5 + list(range(10)), "max", True),
        ([100.0] * 5 + list(range(11)), "max", False),
        ([100.0] * 5 + list(range(10)), "min", False),
        ([-1.0] * 5 + list(range(10)), "min", True),
        ([1.0] * 4 + [0.0], "max", False),
        ([1.0] * 6, "max", False),
    ],
)
def test_a_best_value_that_a_third_share_is_doubted(values, direction, warned: bool) -> None:
    archs = get_space("nb201").sample(len(values), seed=0)
    notes = make_labels(archs, np.array(values, dtype=float), name="acc", direction=direction).notes
    assert any("does it stand for a gap" in note for note in notes) == warned


@pytest.mark.parametrize("column", ["dataset", "dataSet", "task_name", "where", "split", "Epochs"])
def test_t3_labels_of_two_data_sets_are_not_averaged(tmp_path: Path, column: str) -> None:
    path = tmp_path / "two.csv"
    rows = [f"{arch},{name},{60 + i}" for i, arch in enumerate(ARCHS[:9]) for name in ("cifar10", "cifar100")]
    rows[0] += "5"
    path.write_text(f"arch,{column},acc\n" + "\n".join(rows))
    with pytest.raises(
        TableError, match=rf"two\.csv: rows of one .* differ in '{column}' \(cifar10, cifar100\)"
    ):
        load_labels(path, space=SPACE)
    path.write_text("arch,seed,acc\n" + "\n".join(f"{ARCHS[0]},{i},{90 + i}" for i in range(3)))
    assert load_labels(path, space=SPACE, label="acc").values.tolist() == [91.0]  # runs are averaged


@pytest.mark.parametrize(
    ("name", "warns"),
    [
        *((name, True) for name in ("valLoss", "testError", "valLOSS", "NLLLoss", "top1_err", "testerr")),
        *(
            (name, True)
            for name in ("errorRate", "crossEntropy", "PPL", "WER", "latencyMs", "edgegpu_energy")
        ),
        *((name, False) for name in ("valAcc", "lossless", "terror", "certainty", "power", "maestro")),
    ],
)
def test_d10_a_loss_however_it_is_spelt_warns(tmp_path: Path, name: str, warns: bool) -> None:
    labels = load_labels(_table(tmp_path, [(ARCHS[0], 1), (ARCHS[1], 2)], name), space=SPACE)
    assert any("named like an error" in note for note in labels.notes) == warns
