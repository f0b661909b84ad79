"""Several settings at once give what each gives alone."""

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureSettings, compute_features
from proxyrank.features.network.ablation import fisher_ablation
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
NONE = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
BASE = FeatureSettings(dataset="digits", batch_size=4, seed=3)
VARIANTS = {
    "usual": BASE,
    "8": BASE.changed(fisher_tensors=8),
    "random": BASE.changed(fisher_position="random"),
    "exact, two": BASE.changed(fisher_weights=2, fisher_form="fisher"),
}


def test_together_as_alone() -> None:
    archs = [NONE, *SPACE.sample(3, seed=2)]
    together = fisher_ablation(SPACE, archs, VARIANTS)
    assert list(together) == list(VARIANTS)
    for name, settings in VARIANTS.items():
        alone = compute_features(SPACE, archs, "vkdnw", settings=settings, cache=False)
        found = together[name].values
        pd.testing.assert_frame_equal(found, alone.frame, rtol=1e-9, atol=1e-13)
        assert together[name].reasons == alone.sidecar.status
    assert not np.allclose(together["8"].values, together["usual"].values, equal_nan=True)


@pytest.mark.parametrize("variants", [{}, {"a": BASE, "b": BASE.changed(batch_size=5)}])
def test_other_images_are_refused(variants: dict[str, FeatureSettings]) -> None:
    with pytest.raises(ProxyrankError, match="must share their images"):
        fisher_ablation(SPACE, [NONE], variants)
