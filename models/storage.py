"""Fitted rankers on disk: ``model.json`` and the files it names, nothing pickled.

Every file's SHA-256 stands in ``model.json`` and is checked before a byte of it is interpreted: LightGBM
aborts the process on a damaged text model.
"""

from pathlib import Path
from typing import Any

from proxyrank.common.digests import digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import atomic_path, dump_json, read_json
from proxyrank.models._format1 import from_format_1
from proxyrank.models.base import TabularRanker
from proxyrank.models.catalogue import known_models, model_class

STATE_FILE = "model.json"
FORMAT = "proxyrank-model/2"
OLD_FORMAT = "proxyrank-model/1"


def save_model(model: TabularRanker, folder: str | Path) -> None:
    """Write a fitted ranker into an existing folder; equal models give equal bytes.

    Raises
    ------
    ProxyrankError
        If the folder does not exist or the class is not a known ranker.
    """
    folder = Path(folder)
    name = _name_of(model)
    state, files = model.export()
    for file, data in files.items():
        with atomic_path(folder / file) as path:
            path.write_bytes(data)
    digests = {file: digest(data) for file, data in files.items()}
    with atomic_path(folder / STATE_FILE) as path:
        text = dump_json({"format": FORMAT, "model": name, "files": digests, "state": state})
        path.write_text(text, encoding="utf-8")


def load_model(folder: str | Path) -> TabularRanker:
    """Read a ranker that `save_model` wrote.

    Raises
    ------
    ProxyrankError
        If a file is missing, damaged, or of another format; one line that names the file.
    """
    folder = Path(folder)
    content = read_json(folder / STATE_FILE)
    try:
        version, name, digests, state = (content[key] for key in ("format", "model", "files", "state"))
        digests = dict(digests)
    except (TypeError, KeyError, ValueError):
        raise ProxyrankError(
            f"{folder / STATE_FILE}: damaged, expected format, model, files and state"
        ) from None
    if version not in (FORMAT, OLD_FORMAT):
        raise ProxyrankError(f"{folder / STATE_FILE}: expected the format {FORMAT}, found {version!r}")
    files = {file: read_checked(folder / Path(file).name, expected) for file, expected in digests.items()}
    cls = model_class(name)
    try:
        return cls.restore(from_format_1(name, state, files) if version == OLD_FORMAT else state, files)
    except (TypeError, KeyError, ValueError, OSError, AttributeError) as error:
        raise ProxyrankError(f"{folder / STATE_FILE}: damaged ({error})") from None


def read_checked(path: Path, expected: Any) -> bytes:
    """Bytes of a file whose SHA-256 is known.

    Raises
    ------
    ProxyrankError
        If the file is missing or its bytes are others.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise ProxyrankError(f"{path}: no such file") from None
    if digest(data) != expected:
        raise ProxyrankError(f"{path}: damaged, its content is not what was saved")
    return data


def _name_of(model: TabularRanker) -> str:
    cls = type(model)
    for name, info in known_models().items():
        if info.attribute == cls.__name__ and info.load_class() is cls:
            return name
    raise ProxyrankError(f"{cls.__name__} is not one of the known rankers: {', '.join(known_models())}")
