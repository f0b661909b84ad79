"""Suggestions where nobody can list the space: drawn ones, and changes of the best."""

from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.evaluate import Labels
from proxyrank.search.grown import CHILDREN, DRAWN, grown_pool
from proxyrank.search.suggest import suggest_next
from proxyrank.spaces import equality_key, get_space

SPACE = get_space("mobilenetv2")


def quality(arch: str) -> float:
    """Best near 4 million multiply-accumulates, of few parameters."""
    sizes = SPACE.sizes(arch, "3x32x32:10")
    return -abs(np.log(sizes.flops / 4e6)) - 0.1 * np.log(sizes.params / 1e6)


def labelled(archs: list[str]) -> Labels:
    values = pd.Series({arch: quality(arch) for arch in sorted(archs)})
    return Labels(values.rename_axis("arch"), "quality")


def test_the_pool_grows_around_the_best() -> None:
    drawn = grown_pool(SPACE, [], 1)
    assert drawn == SPACE.sample(DRAWN, 1)
    best = drawn[:3]
    pool = grown_pool(SPACE, best, 1, base=drawn[:10], admit=lambda arch: SPACE.depth(arch) <= 9)
    assert pool == grown_pool(SPACE, best, 1, base=drawn[:10], admit=lambda arch: SPACE.depth(arch) <= 9)
    assert pool[:3] == best
    new = set(pool) - set(drawn)
    assert 10 < len(new) <= 3 * CHILDREN
    assert all(SPACE.depth(arch) <= 9 for arch in set(pool) - set(best))
    assert len({equality_key(SPACE, arch) for arch in pool}) == len(pool)


def test_batches_get_better_without_a_list(tmp_path: Path) -> None:
    state = tmp_path / "s.json"
    trained = suggest_next(SPACE, state, count=32, strategy="random").archs
    labels = labelled(trained)
    found = suggest_next(SPACE, state, count=8, strategy="improvement", labels=labels)
    assert not set(found.archs) & set(trained)
    gained = [quality(arch) for arch in found.archs]
    assert np.median(gained) > np.quantile(labels.values, 0.75)
    assert max(gained) > labels.values.max()
