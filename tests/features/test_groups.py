import subprocess
import sys
from dataclasses import replace

import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import (
    GROUPS,
    Family,
    FeatureGroup,
    FeatureSettings,
    get_group,
    parse_groups,
    register_group,
)
from proxyrank.spaces import has


def _group(name: str) -> FeatureGroup:
    return FeatureGroup(
        name=name,
        summary="",
        needs_network=True,
        columns=lambda space: [],
        compute=lambda space, archs, settings: None,  # type: ignore[arg-type,return-value]
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
    assert list(GROUPS)[:6] == ["vkdnw", "zcs", "graf", "paths", "cell", "flow"]
    assert list(GROUPS)[-1] == "mine"
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


def test_a_family_takes_the_settings_that_it_reads():
    family = Family("mine", ("a",), settings=("seed", "batch_size"))
    assert family.resolve(FeatureSettings()).stated() == {"batch_size": 64, "seed": 0}
    given = FeatureSettings(seed=3, dtype="float64")
    assert family.resolve(given).stated() == {"batch_size": 64, "seed": 3}
    own = replace(family, defaults={"batch_size": 8})
    assert own.resolve(given).stated() == {"batch_size": 8, "seed": 3}
    assert own.resolve(FeatureSettings(batch_size=64)).stated() == {"batch_size": 64, "seed": 0}
    usual = FeatureSettings(seed=4, batch_size=16)
    assert family.resolve(FeatureSettings(), usual).stated() == {"batch_size": 16, "seed": 4}
    assert own.resolve(given, usual).stated() == {"batch_size": 8, "seed": 3}
    with pytest.raises(ValueError, match="mine: no settings of the name sed"):
        Family("mine", ("a",), settings=("sed",))


def test_a_group_is_one_family_unless_it_names_several(space):
    (family,) = get_group("graf").families(space)
    assert (family.name, family.version, family.settings) == ("graf", 1, ("graf_no_path",))
    assert list(family.columns) == get_group("graf").columns(space)
    for group in GROUPS.values():
        if all(has(space, ability) for ability in group.needs):
            columns = [c for own in group.families(space) for c in own.columns]
            assert columns == group.columns(space)


def test_summaries_and_columns_are_unique(space):
    known = [group for group in GROUPS.values() if all(has(space, ability) for ability in group.needs)]
    columns = [column for group in known for column in group.columns(space)]
    assert len(columns) == len(set(columns))
    assert all(GROUPS[name].summary for name in ("graf", "paths", "cell", "flow"))


def test_neither_torch_nor_lightgbm_is_imported():
    code = "import sys, proxyrank.features; print({'torch', 'lightgbm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
