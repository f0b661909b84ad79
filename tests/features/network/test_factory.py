from pathlib import Path

import pytest
from torch import nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.network.factory import module_factory


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with modules of names that no other test uses."""
    (tmp_path / "own_nets.py").write_text(
        "from torch import nn\ndef make(): return nn.Linear(2, 3)\nready = nn.ReLU()\nnumber = 3\n"
    )
    (tmp_path / "own_syntax.py").write_text("def make(:\n")
    (tmp_path / "own_raising.py").write_text("raise ValueError('first\\nsecond')\n")
    monkeypatch.chdir(tmp_path)


def test_a_function_and_a_module() -> None:
    first, second = module_factory("own_nets:make")(), module_factory("own_nets:make")()
    assert isinstance(first, nn.Linear)
    assert first is not second
    assert isinstance(module_factory("own_nets:ready")(), nn.ReLU)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("own_nets", "expected package:factory"),
        ("own_nets:", "expected package:factory"),
        ("own_nets:absent", "own_nets has no absent"),
        ("own_absent:make", "cannot import own_absent"),
        ("own_syntax:make", r"importing own_syntax fails \(SyntaxError: "),
        ("own_raising:make", r"importing own_raising fails \(ValueError: first\)"),
    ],
)
def test_what_cannot_be_found_is_one_line(text: str, message: str) -> None:
    with pytest.raises(ProxyrankError, match=message) as caught:
        module_factory(text)
    assert "\n" not in str(caught.value)


def test_what_is_no_network() -> None:
    build = module_factory("own_nets:number")
    with pytest.raises(ProxyrankError, match=r"expected a torch\.nn\.Module, got int"):
        build()
