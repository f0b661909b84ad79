"""Where spaces are found: registered, installed, in files; and what each failure says."""

from pathlib import Path

import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import get_space, has, identity, require, source_of, space_names, stated_space

SPACE = """
class Space:
    name = {name!r}
    def parse(self, text):
        return str(text)
SPACE = Space()
"""


def _file(folder: Path, name: str = "own", more: str = "") -> Path:
    path = folder / "spaces.py"
    path.write_text(SPACE.format(name=name) + more)
    return path


def test_a_file_is_run_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path = _file(tmp_path)
    first = get_space(f"{path}:SPACE")
    assert get_space(f"{path}:SPACE") is first
    assert get_space(source_of(first)) is first
    before = identity(first)
    _file(tmp_path, more="# changed\n")
    second = get_space(f"{path}:SPACE")
    assert second is not first
    assert before is not None
    assert before.startswith("own-")
    assert identity(second) != before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing.py:SPACE", "cannot read the file"),
        ("spaces.py:OTHER", "no object 'OTHER'"),
        ("spaces.py:Space", "a class; name an object of it"),
        ("spaces.py:NUMBER", "no name and parse"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, message: str, tmp_path: Path) -> None:
    _file(tmp_path, more="NUMBER = 3\n")
    with pytest.raises(ProxyrankError, match=message) as caught:
        get_space(str(tmp_path / text))
    assert "\n" not in str(caught.value)


def test_a_file_that_fails_says_why(tmp_path: Path) -> None:
    path = _file(tmp_path, more="raise RuntimeError('out of\\ncheese')\n")
    with pytest.raises(ProxyrankError, match="the file fails: RuntimeError: out of$"):
        get_space(f"{path}:SPACE")
    path.write_text("import sys; sys.exit(3)")
    with pytest.raises(ProxyrankError, match="the file fails: SystemExit: 3"):
        get_space(f"{path}:SPACE")


def test_names_are_plain_and_do_not_clash(tmp_path: Path) -> None:
    with pytest.raises(ProxyrankError, match="the name 'nb201' belongs to a known space"):
        get_space(f"{_file(tmp_path, 'nb201')}:SPACE")
    with pytest.raises(ProxyrankError, match="is not of letters"):
        get_space(f"{_file(tmp_path, '../up')}:SPACE")


def test_an_installed_package_is_found_and_imported_only_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugged_spaces.py").write_text(SPACE.format(name="plugged") + "print('imported')\n")
    info = tmp_path / "plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[proxyrank.spaces]\nplugged = plugged_spaces:SPACE\nlost = no_such_module:SPACE\n"
        "renamed = plugged_spaces:SPACE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import sys

    assert {"plugged", "nb201"} <= set(space_names())
    assert "plugged_spaces" not in sys.modules
    space = get_space("plugged")
    assert stated_space("plugged", None, "R") is space
    assert source_of(space) == identity(space) == "plugged"
    with pytest.raises(ProxyrankError, match="no_such_module:SPACE fails: ModuleNotFoundError"):
        get_space("lost")
    with pytest.raises(ProxyrankError, match="calls itself 'plugged'"):
        get_space("renamed")


def test_abilities(tmp_path: Path) -> None:
    space = get_space(f"{_file(tmp_path)}:SPACE")
    assert not has(space, "graph")
    with pytest.raises(
        ProxyrankError, match="ranking needs the graph of an architecture; the search space own has none"
    ):
        require(space, "graph", "ranking")
    with pytest.raises(ValueError, match="unknown ability 'colour'"):
        has(space, "colour")
    assert source_of(object_space := type(space)()) is object_space
    assert identity(object_space) is None
