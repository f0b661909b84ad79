"""Values that equal networks share: as tables state them, found as shipped, and made where none is."""

from pathlib import Path

import pytest

from proxyrank.common.executors import in_this_process
from proxyrank.features import compute_features
from proxyrank.features.tables import shipped
from proxyrank.features.tables.extract import extract
from proxyrank.features.tables.plan import plan_parts
from proxyrank.features.tables.sharing import shared_sources
from proxyrank.spaces import get_space, representative

SPACE = get_space("nb201")
SETTINGS = {"dataset": "digits", "batch_size": 2, "input": "pink"}


@pytest.fixture(scope="module")
def twins() -> list[str]:
    """Different spellings of the same network up to names; the representative is the last."""
    archs = [a for a in SPACE.archs("filtered") if a.count("conv_3x3") > 3 and representative(SPACE, a) != a]
    mates: dict[str, list[str]] = {}
    for arch in archs:
        mates.setdefault(representative(SPACE, arch), []).append(arch)
    found, others = next((first, others) for first, others in mates.items() if len(others) >= 2)
    return [*others[:2], found]


@pytest.fixture
def table(tmp_path: Path, twins: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first twin's value, as the only shipped table of the package."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    columns = ["jacov", "zen"]
    out = folder / "shared.parquet"
    options = {"settings": SETTINGS, "columns": columns, "share": True}
    extract(SPACE, twins[:1], "zcs", out, executor=in_this_process, **options)
    monkeypatch.setattr(shipped, "FOLDER", folder)
    for cached in (shipped.shipped_tables, shipped._rows):
        cached.cache_clear()
    yield out
    monkeypatch.undo()
    for cached in (shipped.shipped_tables, shipped._rows):
        cached.cache_clear()


def _jacov(archs: list[str], **options: bool):
    return compute_features(SPACE, archs, "zcs", settings=SETTINGS, columns=["jacov"], **options)


def test_shared_values_are_shipped_and_stated(table: Path, twins: list[str], fresh_cache: Path) -> None:
    found = _jacov(twins, prefer_shipped=True)
    (family,) = found.sidecar.groups["zcs"].families
    assert family.shared
    assert found.frame["jacov"].nunique() == 1
    own = _jacov(twins)
    assert not own.sidecar.groups["zcs"].families[0].shared
    assert own.frame["jacov"].nunique() > 1  # other names, other draws of the weights
    assert own.frame["jacov"].iloc[2] == found.frame["jacov"].iloc[0]  # the representative's


def test_a_card_asks_for_shared_values_again(table: Path, twins: list[str], fresh_cache: Path) -> None:
    from proxyrank.features.tables.compute import compute_parts
    from proxyrank.features.tables.plan import stated_parts

    first = _jacov(twins[:1], prefer_shipped=True)
    again = stated_parts(SPACE, first.sidecar.groups, ["jacov"])
    assert [part.shared for part in again] == [True]
    assert compute_parts(SPACE, twins, again).frame["jacov"].nunique() == 1


def test_a_ranker_takes_shared_columns_for_networks_of_no_table(
    table: Path, twins: list[str], fresh_cache: Path
) -> None:
    from proxyrank.models.inputs.matching import compute_columns

    stated = _jacov(twins[:1], prefer_shipped=True).sidecar.groups
    assert compute_columns(SPACE, twins, stated, ["jacov"])["jacov"].nunique() == 1


def test_own_values_are_preferred_where_a_table_of_them_agrees_as_well(table: Path, twins: list[str]) -> None:
    extract(
        SPACE,
        twins[:1],
        "zcs",
        table.with_name("own.parquet"),
        executor=in_this_process,
        settings=SETTINGS,
        columns=["jacov", "zen"],
    )
    shipped.shipped_tables.cache_clear()
    parts = plan_parts(SPACE, "zcs", SETTINGS, ["jacov"], prefer_shipped=True)
    assert [part.shared for part in parts] == [False]


def test_sources_of_shared_values(twins: list[str]) -> None:
    assert set(shared_sources(SPACE, twins, ["jacov"]).values()) == {twins[2]}
    assert shared_sources(SPACE, twins, ["jacov", "vkdnw_q10"]) == {arch: arch for arch in twins}
    dead = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|nor_conv_1x1~2|"
    assert shared_sources(SPACE, [dead], ["params"]) == {dead: dead}  # params counts dead operations
    assert shared_sources(SPACE, [dead], ["jacov"]) != {dead: dead}
