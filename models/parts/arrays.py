"""Arrays of a fitted ranker as the bytes of one ``npz`` file without objects, and back."""

import io
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Statistics = TypeVar("Statistics")


def pack_arrays(arrays: Mapping[str, Any]) -> bytes:
    """Bytes of an ``npz`` file of these arrays; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpack_arrays(data: bytes) -> Arrays:
    """Arrays by name. Raises ValueError for an array of Python objects, which would need pickle."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def flatten(statistics: Any, prefix: str = "") -> dict[str, Any]:
    """Fields of a dataclass of arrays and numbers, their names after a prefix."""
    return {f"{prefix}{field.name}": getattr(statistics, field.name) for field in fields(statistics)}


def rebuild(cls: type[Statistics], arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Statistics:
    """The dataclass that `flatten` took apart. Raises KeyError where a field is missing."""
    found = {field.name: arrays[f"{prefix}{field.name}"] for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value.item() if value.ndim == 0 else value for name, value in found.items()})
