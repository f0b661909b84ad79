"""The group config: columns of the declared options, values by hand."""

import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import compute_features, default_groups, get_group
from proxyrank.spaces import ConfigSpace, get_space

SPACE = ConfigSpace(
    {"depth": [4, 2], "rate": [0.5, 2.0], "se": [False, True], "act": ["relu", "tanh"], "mode": ["a", 3]},
    name="configured",
)
COLUMNS = [
    "config_depth",
    "config_rate",
    "config_se",
    "config_act=relu",
    "config_act=tanh",
    "config_mode=a",
    "config_mode=3",
]
BY_HAND = {
    "depth=2,rate=0.5,se=true,act=tanh,mode=3": [2, 0.5, 1, 0, 1, 0, 1],
    "depth=4,rate=2,se=false,act=relu,mode=a": [4, 2, 0, 1, 0, 1, 0],
}


def test_values_by_hand() -> None:
    frame = compute_features(SPACE, list(BY_HAND), "config", cache=False).frame
    wanted = pd.DataFrame.from_dict(BY_HAND, orient="index", columns=COLUMNS).astype(float)
    pd.testing.assert_frame_equal(frame, wanted, check_names=False, check_index_type=False)


def test_one_architecture_has_the_columns_of_all() -> None:
    arch = next(iter(BY_HAND))
    alone = compute_features(SPACE, [arch], "config", cache=False).frame
    both = compute_features(SPACE, list(BY_HAND), "config", cache=False).frame
    assert list(alone.columns) == list(both.columns) == get_group("config").columns(SPACE) == COLUMNS
    assert alone.loc[arch].equals(both.loc[arch])


def test_a_space_without_options_is_refused() -> None:
    space = get_space("nb201")
    with pytest.raises(ProxyrankError, match=r"feature group config needs .*nb201 has none"):
        compute_features(space, space.sample(1, seed=0), "config", cache=False)


def test_default_groups_follow_what_the_space_has() -> None:
    class Bare:
        name = "bare"

        def parse(self, text: object) -> str:
            return str(text)

    assert default_groups(get_space("nb201")) == ("paths", "cell", "flow")
    assert default_groups(get_space("tnb101-micro")) == ("paths", "cell", "flow")
    assert default_groups(get_space("tnb101-micro"), few_labels=True) == ("paths", "flow")
    for name in ("nb101", "darts"):
        assert default_groups(get_space(name)) == ("paths", "cell", "flow", "nodes", "sizes")
    for name in ("mbconv", "nb-macro", "mobilenetv2", "mobilenetv2-plain"):
        for few in (False, True):
            assert default_groups(get_space(name), few_labels=few) == ("blocks", "sizes")
    assert default_groups(SPACE) == ("config",)
    with pytest.raises(ProxyrankError, match="bare has neither graphs nor options"):
        default_groups(Bare())
