"""Fits: what a plan refuses, narrowed to fewer groups and columns, settings."""

from dataclasses import replace

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import Labels, make_labels
from proxyrank.features import FeatureSettings, FeatureTable, compute_features
from proxyrank.spaces import get_space
from proxyrank.train.fit import FitPlan, fit_ranker, training_features, wanted_groups

SPACE = get_space("nb201")
PLAN = FitPlan(("cell", "paths"), params={"n_estimators": 30}, population="filtered", train_size=40, seed=2)


@pytest.fixture(scope="module")
def labels() -> Labels:
    archs = SPACE.sample(90, seed=4, population="filtered")
    rng = derive_rng("tests/train/fit")
    values = [50 + 7 * a.count("3x3~") - 3 * a.count("avg") + rng.normal() for a in archs]
    return make_labels(archs, np.array(values), name="acc")


def test_a_share_of_the_columns(labels: Labels) -> None:
    whole = fit_ranker(SPACE, labels, PLAN)
    part = fit_ranker(SPACE, labels, replace(PLAN, columns=0.5))
    assert len(part.card.feature_names) == round(len(whole.card.feature_names) / 2)
    assert set(part.card.feature_names) < set(whole.card.feature_names)
    top = set(whole.importances().head(3).index)
    assert top <= set(part.card.feature_names)
    unseen = sorted(set(labels.values.index) - set(part.train_archs))
    assert len(part.rank(unseen)) == len(unseen)


def test_bad_plans_are_refused_when_they_are_made() -> None:
    with pytest.raises(ProxyrankError, match="unknown dataset 'cifar11'"):
        replace(PLAN, dataset="cifar11")
    with pytest.raises(ProxyrankError, match="unknown setting 'bach_size'; nearest: batch_size"):
        replace(PLAN, settings={"bach_size": 8})


def test_settings_are_a_mapping_or_typed_and_the_label_names_the_data_set(labels: Labels) -> None:
    named = replace(labels, name="cifar100")
    for settings in ({"batch_size": 8}, FeatureSettings(batch_size=8)):
        ranker = fit_ranker(SPACE, named, replace(PLAN, settings=settings))
        assert FeatureSettings.of(ranker.settings).stated() == {"dataset": "cifar100", "batch_size": 8}


def test_groups_are_named_and_those_of_a_table() -> None:
    assert wanted_groups(SPACE, None) == ("paths", "cell", "flow")
    assert wanted_groups(SPACE, "graf") == ("graf",)
    table = compute_features(SPACE, SPACE.archs()[:2], ["flow"])
    assert wanted_groups(SPACE, None, table) == ("flow",)
    assert wanted_groups(SPACE, "graf,flow", table) == ("graf", "flow")


def test_groups_that_a_table_lacks_are_computed(labels: Labels) -> None:
    archs = list(labels.values.index)
    given, every = (compute_features(SPACE, archs, groups) for groups in (["flow"], ["graf", "flow"]))
    joined = training_features(SPACE, labels, replace(PLAN, groups=("graf", "flow")), features=given)
    assert list(joined.sidecar.groups) == ["graf", "flow"]
    assert joined.frame[every.columns].equals(every.frame)
    same: FeatureTable = training_features(SPACE, labels, replace(PLAN, groups=("flow",)), features=given)
    assert same is given


def test_a_table_is_narrowed_to_the_groups_of_the_plan(labels: Labels) -> None:
    table = compute_features(SPACE, list(labels.values.index), ["cell", "paths"])
    narrowed = fit_ranker(SPACE, labels, replace(PLAN, groups=("cell",)), features=table)
    assert list(narrowed.card.groups) == ["cell"]
