"""Which proxies look at dead operations or at the order of parameters, on networks with equal weights."""

import numpy as np
import pytest
import torch

from proxyrank.features.network.batch import noise_batch
from proxyrank.features.network.score import score_network
from proxyrank.features.proxies import PROXIES, Missing
from proxyrank.spaces import DataShape, get_space
from proxyrank.spaces.nb201 import Skeleton

SPACE = get_space("nb201")
CONFIG = DataShape(classes=4, resolution=8)
SMALL = Skeleton(width=4, depth=1)
DEAD = ["(1, 0, 4, 3, 2, 2)", "(2, 2, 0, 3, 2, 1)", "(3, 1, 2, 2, 3, 1)"]
REDRAWN = {"zen"}
"""Draws weights of its own, so that equal weights cannot be given; it sums over all BatchNorms."""


@pytest.mark.parametrize("raw", DEAD)
def test_dead_operations_matter_only_where_said(raw):
    raw = SPACE.parse(raw)
    canonical = SPACE.canonical(raw)
    if raw == canonical:
        pytest.fail(f"{raw} has no dead operation")
    torch.manual_seed(0)
    whole, lean = SPACE.network(raw, CONFIG, SMALL).double(), SPACE.network(canonical, CONFIG, SMALL).double()
    weights = whole.state_dict()
    lean.load_state_dict({name: weights[name] for name in lean.state_dict()})
    batch = noise_batch(CONFIG, 6, 0, dtype=torch.float64)
    free = [p for p in PROXIES.values() if "dead" not in p.depends_on and p.name not in REDRAWN]
    names = [proxy.name for proxy in free]
    a = score_network(whole, batch, names, init="keep")
    b = score_network(lean, batch, names, init="keep")
    for column, value in a.items():
        if isinstance(value, Missing):
            assert isinstance(b[column], Missing)
        else:  # rounding of sums in another order
            np.testing.assert_allclose(value, b[column], rtol=1e-6, err_msg=column)
