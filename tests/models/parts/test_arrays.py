"""Arrays as bytes: equal arrays, equal bytes; dataclasses taken apart and put together; no objects."""

from dataclasses import dataclass

import numpy as np
import pytest

from proxyrank.models.parts.arrays import flatten, pack_arrays, rebuild, unpack_arrays


@dataclass(frozen=True)
class _Line:
    knots: np.ndarray
    slope: float


def test_arrays_come_back_bit_by_bit_and_equal_ones_give_equal_bytes() -> None:
    arrays = {"a": np.array([[0.1, np.nan], [-0.0, np.inf]]), "b": np.arange(3)}
    data = pack_arrays(arrays)
    assert data == pack_arrays({name: array.copy() for name, array in arrays.items()})
    for name, array in unpack_arrays(data).items():
        assert array.tobytes() == arrays[name].tobytes()
        assert array.dtype == arrays[name].dtype


def test_dataclasses_share_a_file_under_prefixes() -> None:
    first, second = _Line(np.arange(3.0), 0.1), _Line(np.ones(2), 2.0)
    arrays = unpack_arrays(pack_arrays({**flatten(first), **flatten(second, "second_")}))
    for line, prefix in ((first, ""), (second, "second_")):
        found = rebuild(_Line, arrays, prefix)
        np.testing.assert_array_equal(found.knots, line.knots)
        assert type(found.slope) is float
        assert found.slope == line.slope
    with pytest.raises(KeyError, match="third_knots"):
        rebuild(_Line, arrays, "third_")


def test_objects_are_refused() -> None:
    data = pack_arrays({"a": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        unpack_arrays(data)
