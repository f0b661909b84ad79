"""Label noise and the ceiling that follows, on labels whose truth and noise are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import ceiling, noise_of_equals, noise_of_repeats

RNG = np.random.default_rng(0)
N = 4000
TRUTH = RNG.normal(60.0, 10.0, N)
SPREAD = np.where(TRUTH < 60.0, 4.0, 1.0)


def trainings(count: int) -> pd.DataFrame:
    draws = TRUTH[:, None] + SPREAD[:, None] * RNG.standard_normal((N, count))
    return pd.DataFrame(draws, index=[f"a{i}" for i in range(N)])


def test_noise_of_repeats_follows_the_level():
    noise = noise_of_repeats(trainings(2))
    assert noise.n == N
    # the mean of two trainings has 1 / sqrt 2 of the spread; 400 cells a bin give it to about 5 %
    assert noise.at(np.array([45.0]))[0] == pytest.approx(4.0 / 2**0.5, rel=0.15)
    assert noise.at(np.array([75.0]))[0] == pytest.approx(1.0 / 2**0.5, rel=0.15)


def test_noise_of_equal_networks_is_that_of_a_label():
    pairs = trainings(2)
    labels = pd.concat([pairs[0], pairs[1].set_axis([f"b{i}" for i in range(N)])])
    noise = noise_of_equals(labels, [*range(N), *range(N)])
    assert noise.at(np.array([45.0]))[0] == pytest.approx(4.0, rel=0.15)
    assert noise.at(np.array([75.0]))[0] == pytest.approx(1.0, rel=0.15)


def test_ceiling_is_what_the_truth_reaches():
    pairs = trainings(2)
    labels = pairs.mean(axis=1)
    found = ceiling(labels, noise_of_repeats(pairs))
    # the simulation stands in for the truth: shrinking is not exact, .01 is its error here
    assert found["KT"] == pytest.approx(kendalltau(TRUTH, labels)[0], abs=0.015)
    assert ceiling(-labels, noise_of_repeats(-pairs), direction="min")["KT"] == pytest.approx(
        found["KT"], abs=0.005
    )


def test_no_noise_is_no_ceiling():
    labels = pd.Series(TRUTH)
    assert ceiling(labels, noise_of_repeats(pd.DataFrame({0: TRUTH, 1: TRUTH})))["KT"] == 1.0


def test_too_little_to_tell():
    with pytest.raises(ProxyrankError, match="2 trainings"):
        noise_of_repeats(pd.DataFrame({0: TRUTH}))
    with pytest.raises(ProxyrankError, match="2 equal networks"):
        noise_of_equals(pd.Series([1.0, 2.0]), ["a", "b"])
