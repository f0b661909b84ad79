"""The header of a folder of parts, which holds a resumed extraction to its settings."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proxyrank.common.digests import digest as sha256
from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.common.files import read_json, write_json
from proxyrank.common.tabular import json_safe
from proxyrank.features.tables.sidecar import Sidecar

HEADER = "header.json"


@contextmanager
def _opened_parts(parts: Path, plain: Sidecar, archs: list[str]) -> Iterator[None]:
    """The folder of the parts, with its header; it goes away again where nothing was made before an error."""
    _open_parts(parts, plain, archs)
    try:
        yield
    except Exception:
        if not any(parts.glob("*/part-*")):
            shutil.rmtree(parts)
        raise


def _open_parts(parts: Path, plain: Sidecar, archs: list[str]) -> None:
    header = parts / HEADER
    digest = sha256("\n".join(archs))
    if header.exists():
        try:
            known = read_json(header)
            sidecar, other = Sidecar.model_validate(known["sidecar"]), known["archs"] != digest
        except (ProxyrankError, KeyError, TypeError, ValueError):
            raise TableError(f"{header}: damaged; choose another --out or remove {parts}") from None
        _refuse_other(header, sidecar, plain)
        if other:
            raise TableError(
                f"{header}: begun for other architectures; choose another --out or remove {parts}"
            )
        return
    if not parts.parent.is_dir():
        raise TableError(f"--out: the folder {parts.parent} does not exist")
    parts.mkdir(exist_ok=True)
    try:
        write_json({"archs": digest, "sidecar": json_safe(plain.model_dump())}, header)
    except OSError:
        with suppress(OSError):  # parts that were there before stay
            parts.rmdir()
        raise


def _refuse_other(where: Path, known: Sidecar, asked: Sidecar) -> None:
    for line in _differences(known, asked):
        raise TableError(f"{where}: {line}; choose another --out")


def _differences(known: Sidecar, asked: Sidecar) -> Iterator[str]:
    if known.space != asked.space:
        yield f"made for the search space {known.space}, asked for {asked.space}"
    if known.code and asked.code and known.code["sha256"] != asked.code["sha256"]:
        yield f"made by another builder or space: {known.code['file']} was changed since"
    if known.hyperparameters != asked.hyperparameters:
        yield "made of another table, or by another builder"
    if list(known.groups) != list(asked.groups):
        yield f"made with the groups {', '.join(known.groups)}, asked for {', '.join(asked.groups)}"
    for name, info in asked.groups.items():
        old = known.groups[name]
        if odd := sorted(set(old.columns) ^ set(info.columns)):
            yield f"other columns of {name} than asked for ({', '.join(odd[:5])})"
            continue
        for family in info.families:
            for column in family.columns:
                if found := old.family_of(column).difference(family):
                    what, before, now = found
                    yield f"made with {what} = {before!r}, asked for {now!r} ({column}, group {name})"
