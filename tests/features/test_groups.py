import subprocess
import sys

import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import GROUPS, FeatureGroup, parse_groups, register_group
from proxyrank.spaces import has


def _group(name: str) -> FeatureGroup:
    return FeatureGroup(
        name=name,
        summary="",
        version=1,
        needs_network=True,
        columns=lambda space: [],
        compute=lambda space, archs, settings: None,  # type: ignore[arg-type,return-value]
        defaults={"seed": 0, "batch_size": 64},
    )


@pytest.fixture
def more_groups(monkeypatch):
    before = dict(GROUPS)
    yield
    GROUPS.clear()
    GROUPS.update(before)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("graf", ("graf",)),
        ("paths,graf", ("graf", "paths")),
        ("flow+cell , paths", ("paths", "cell", "flow")),
        ("cell,cell", ("cell",)),
        (["flow", "graf"], ("graf", "flow")),
        (("graf,paths", "graf"), ("graf", "paths")),
    ],
)
def test_names_are_unique_and_ordered(text, expected):
    assert parse_groups(text) == expected


def test_all_is_what_is_registered():
    assert parse_groups("all") == parse_groups(["all", "graf"]) == tuple(GROUPS)[:6]
    assert [name for name in GROUPS if name in {"graf", "paths", "cell", "flow"}] == [
        "graf",
        "paths",
        "cell",
        "flow",
    ]


def test_groups_of_the_paper_come_first_whenever_they_register(more_groups):
    for name in ("mine", "zcs", "vkdnw"):
        register_group(_group(name))
    assert list(GROUPS) == ["vkdnw", "zcs", "graf", "paths", "cell", "flow", "vkdnw_extra", "config", "mine"]
    assert parse_groups("graf+zcs+vkdnw") == ("vkdnw", "zcs", "graf")


@pytest.mark.parametrize("text", ["grf", "paths,grf", "GRAF"])
def test_unknown_group_names_the_nearest(text):
    with pytest.raises(
        ProxyrankError, match=r"unknown feature group '(grf|GRAF)'; nearest: graf; known: .*flow"
    ):
        parse_groups(text)


@pytest.mark.parametrize("text", ["", " , ", []])
def test_no_group(text):
    with pytest.raises(ProxyrankError, match="no feature group given"):
        parse_groups(text)


def test_a_group_takes_its_own_settings_only():
    group = _group("mine")
    assert group.resolve(None) == {"seed": 0, "batch_size": 64}
    assert group.resolve({"seed": 3, "other": 1}) == {"seed": 3, "batch_size": 64}


def test_summaries_and_columns_are_unique(space):
    known = [group for group in GROUPS.values() if all(has(space, ability) for ability in group.needs)]
    columns = [column for group in known for column in group.columns(space)]
    assert len(columns) == len(set(columns))
    assert all(GROUPS[name].summary for name in ("graf", "paths", "cell", "flow"))


def test_neither_torch_nor_lightgbm_is_imported():
    code = "import sys, proxyrank.features; print({'torch', 'lightgbm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
