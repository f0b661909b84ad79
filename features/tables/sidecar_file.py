"""The file beside a feature table that holds its sidecar."""

import json
from pathlib import Path

from proxyrank.common.errors import TableError
from proxyrank.common.records import read_record
from proxyrank.features.tables.sidecar import FORMATS, Sidecar


def sidecar_path(path: str | Path) -> Path:
    """``T.json`` for ``T.parquet`` or ``T``, ``T.csv.json`` for ``T.csv``."""
    path = Path(path)
    return (
        path.with_suffix(".json")
        if path.suffix.lower() in ("", ".parquet")
        else path.with_name(path.name + ".json")
    )


def refuse_stranger(path: str | Path) -> None:
    """Refuse to write a table whose sidecar would replace a file that is no sidecar.

    Raises
    ------
    TableError
        Naming the file.
    """
    sidecar = sidecar_path(path)
    if not sidecar.exists():
        return
    try:
        found = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not (isinstance(found, dict) and found.get("format") in FORMATS):
        raise TableError(
            f"{path}: its settings are written to {sidecar}, where another file is; choose another name"
        )


def read_sidecar(path: Path) -> Sidecar:
    """Read the sidecar alone.

    Raises
    ------
    TableError
        If it is missing, damaged or of another format.
    """
    if not path.is_file():
        raise TableError(f"{path}: no such file; it states the settings of the feature table beside it")
    return read_record(path, Sidecar, format=FORMATS, what="the sidecar of a feature table", error=TableError)
