"""Records on disk: JSON that a pydantic model describes, with the format that it was written in."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import read_json, write_json
from proxyrank.common.tabular import json_safe

M = TypeVar("M", bound=BaseModel)


def write_record(record: BaseModel, path: str | Path) -> None:
    """Write a record; the file appears whole or not at all, and equal records give equal bytes.

    Raises
    ------
    ProxyrankError
        If the folder does not exist.
    """
    write_json(json_safe(record.model_dump()), path)


def read_record(
    path: str | Path,
    model: type[M],
    *,
    format: str | tuple[str, ...] | None = None,  # noqa: A002  # the name of the field that it is compared with
    what: str = "",
    error: type[ProxyrankError] = ProxyrankError,
) -> M:
    """Read what `write_record` wrote.

    Parameters
    ----------
    path
        The file.
    model
        What the record must be.
    format
        What its field ``format`` must say, or one of several; None where it has no such field.
    what
        Name of such a file, for messages.
    error
        Class of the error.

    Raises
    ------
    ProxyrankError
        (or ``error``) If the file is missing, no JSON, of another format, or not such a record; the first
        field that is wrong is named.
    """
    raw = read_json(path, error=error)
    if format is not None:
        found = raw.get("format") if isinstance(raw, dict) else None
        known = (format,) if isinstance(format, str) else format
        if found not in known:
            raise error(f"{path}: expected the format {' or '.join(known)}, found {found!r}")
    try:
        return model.model_validate(raw)
    except ValidationError as invalid:
        kind = f"not {what}" if what else "damaged"
        raise error(f"{path}: {kind} ({first_problem(invalid)})") from None


def first_problem(error: ValidationError) -> str:
    """Place and reason of the first thing that pydantic found wrong."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
