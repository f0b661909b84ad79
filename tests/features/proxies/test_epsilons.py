"""N1: the number that a published formula makes of its epsilon is a gap with a reason."""

import numpy as np
import pytest
import torch
from torch import nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.network.score import score_archs, score_network
from proxyrank.features.proxies import Missing
from proxyrank.features.proxies.epe_nas import class_correlation_score
from proxyrank.features.proxies.jacov import jacobian_covariance
from proxyrank.spaces import DataShape, get_space

SPACE = get_space("nb201")
DEAD = ["(1,1,1,1,1,1)", "(2,1,1,1,1,2)"]
NAMES = "trainability,grasp,plain,zico,jacov,epe_nas"


def test_n1_dead_cells_have_no_epsilon():
    live = "(0,1,1,2,1,2)"
    found = score_archs(SPACE, [*DEAD, live], NAMES, {"batch_size": 8, "dataset": "digits"})
    dead = [SPACE.parse(arch) for arch in DEAD]
    assert found.values.loc[dead].isna().all(axis=None)
    assert found.values.loc[SPACE.parse(live)].notna().all()
    reasons = {column: own[dead[1]] for column, own in found.reasons.items()}
    assert reasons == {
        "trainability": "degenerate: a block sends no gradient back",
        "grasp": "degenerate: zero gradient",
        "plain": "degenerate: zero gradient",
        "zico": "degenerate: no gradient differs between the batches",
        "jacov": "degenerate: zero input gradient",
        "epe_nas": "degenerate: zero input gradient",
    }


def test_n3_equal_images_have_no_epsilon():
    batch = noise_batch(DataShape(resolution=8), 6, seed=0)
    same = Batch(batch.x[:1].repeat(6, 1, 1, 1), torch.tensor([0, 0, 1, 1, 1, 2]))
    network = SPACE.network(SPACE.sample(1, seed=3)[0], DataShape(resolution=8))
    found = score_network(network, same, "jacov,epe_nas")
    assert found["jacov"] == Missing("degenerate: singular correlation matrix")
    assert found["epe_nas"] == Missing("degenerate: the images of every class correlate fully")


def test_n1_equal_batches_and_normed_equal_images():
    batch = noise_batch(DataShape(resolution=8), 4, seed=0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(192, 8), nn.ReLU(), nn.Linear(8, 10))
    found = score_network(network, Batch(batch.x, batch.y, batch.x, batch.y), "zico,plain")
    assert found["zico"] == Missing("degenerate: no gradient differs between the batches")
    assert isinstance(found["plain"], float)
    zeros = torch.zeros_like(batch.x)
    found = score_network(network, Batch(zeros, batch.y, zeros, batch.y), "plain,grasp")
    assert found["plain"] == found["grasp"] == Missing("degenerate: zero gradient")


def test_two_equal_gradients_make_a_singular_matrix():
    rows = np.random.default_rng(0).standard_normal((6, 50))
    assert np.isfinite(jacobian_covariance(rows))
    rows[5] = rows[0] * (1 + 1e-7 * np.random.default_rng(1).standard_normal(50))  # single precision
    with pytest.raises(NotApplicableError, match="singular correlation matrix"):
        jacobian_covariance(rows)


def test_near_gradients_keep_the_published_value():
    rows = np.random.default_rng(0).standard_normal((6, 50))
    rows[5] = rows[0] + 1e-3 * np.random.default_rng(1).standard_normal(50)
    values = np.linalg.eigvalsh(np.corrcoef(rows))
    assert values[0] < 1e-5
    assert jacobian_covariance(rows) == -np.sum(np.log(values + 1e-5) + 1 / (values + 1e-5))


def test_epe_nas_of_single_images():
    with pytest.raises(NotApplicableError, match="no class has two images"):
        class_correlation_score(np.random.default_rng(0).standard_normal((3, 9)), np.array([0, 1, 2]), 10)
