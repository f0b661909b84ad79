import math
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.common.records import read_record, write_record


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str = "test/1"
    names: tuple[str, ...]
    value: float | None = None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "record.json"


def test_round_trip_and_equal_bytes(file: Path, tmp_path: Path) -> None:
    record = Record(names=("a", "é"), value=0.1)
    write_record(record, file)
    write_record(record, tmp_path / "again.json")
    assert file.read_bytes() == (tmp_path / "again.json").read_bytes()
    assert read_record(file, Record, format="test/1") == record


def test_what_json_lacks_becomes_null(file: Path) -> None:
    write_record(Record(names=(), value=math.nan), file)
    assert read_record(file, Record).value is None


def test_several_formats(file: Path) -> None:
    write_record(Record(names=()), file)
    assert read_record(file, Record, format=("test/2", "test/1")).names == ()
    with pytest.raises(ProxyrankError, match="expected the format test/2 or test/3, found 'test/1'"):
        read_record(file, Record, format=("test/2", "test/3"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "expected the format test/1, found None"),
        ('{"format": "test/1"}', r"not a test \(names: Field required\)"),
        ('{"format": "test/1", "names": [], "more": 1}', r"not a test \(more: Extra inputs"),
        ("{", "not a JSON file"),
    ],
)
def test_damaged_files_are_one_line(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(TableError, match=message) as caught:
        read_record(file, Record, format="test/1", what="a test", error=TableError)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


def test_a_missing_file(file: Path) -> None:
    with pytest.raises(ProxyrankError, match="no such file"):
        read_record(file, Record)
