"""Where the tests find the data that the project does not ship, and a cache of their own."""

import os
import signal
from pathlib import Path

import pytest

pytest.register_assert_rewrite("proxyrank.testing")

_SHARED = Path(__file__).resolve().parents[2] / "shared"


def _folder(variable: str, default: Path) -> Path:
    folder = Path(os.environ.get(variable, default))
    if not folder.is_dir():
        pytest.skip(f"{variable} is not set and {default} does not exist")
    return folder


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of nb201_accuracy.csv and its neighbours."""
    return _folder("PROXYRANK_DATA", _SHARED / "data")


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """Folder of reference.json and graf.csv."""
    return _folder("PROXYRANK_REFERENCE", _SHARED / "reference")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests never read or write the user's feature cache."""
    os.environ["PROXYRANK_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def _interrupts_are_heard() -> None:
    """A shell's background jobs ignore Ctrl-C, and so does whatever they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
