"""Settings state which images a value was made on, and other images are refused."""

from pathlib import Path

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureSettings, compute_features
from proxyrank.features.network.batches import with_digest
from proxyrank.features.tables.compute import compute_parts
from proxyrank.features.tables.plan import stated_parts
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
ARCHS = SPACE.sample(2, seed=0)


def _images(path: Path, seed: int) -> str:
    images = np.random.default_rng(seed).integers(0, 255, (8, 8, 8, 3)).astype(np.uint8)
    np.savez(path, x=images, y=np.arange(8))
    return str(path)


def test_data_has_a_digest_and_noise_has_none(tmp_path: Path) -> None:
    source = _images(tmp_path / "a.npz", 1)
    settings = FeatureSettings(dataset="digits", batch_size=4, input=source)
    first = with_digest(settings).input_digest
    assert first
    _images(tmp_path / "a.npz", 2)
    assert with_digest(settings).input_digest not in (first, None)
    assert with_digest(settings.changed(batch_size=2)).input_digest != with_digest(settings).input_digest
    for kind in ("noise", "pink"):
        plain = settings.changed(input=kind)
        assert with_digest(plain) is plain
        assert "input_digest" not in plain.only(["input", "input_digest"]).stated()


def test_a_card_refuses_other_images(tmp_path: Path, fresh_cache: Path) -> None:
    source = _images(tmp_path / "a.npz", 1)
    settings = {"dataset": "digits", "batch_size": 4, "input": source}
    table = compute_features(SPACE, ARCHS, "zcs", settings=settings, columns=["jacov"])
    stated = table.sidecar.groups["zcs"].families[0].settings.stated()
    assert stated["input"] == source
    assert len(stated["input_digest"]) == 16
    parts = stated_parts(SPACE, table.sidecar.groups, ["jacov"])
    assert compute_parts(SPACE, ARCHS, parts, cache=False).frame.equals(table.frame)
    _images(tmp_path / "a.npz", 2)
    with pytest.raises(ProxyrankError, match="a.npz: other images than the features were made on"):
        compute_parts(SPACE, ARCHS, parts, cache=False)
    again = compute_features(SPACE, ARCHS, "zcs", settings=settings, columns=["jacov"])
    assert not again.frame.equals(table.frame)  # the cache does not answer for a file that has changed
