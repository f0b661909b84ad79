"""What a person reads fits the terminal, and what a script reads fits the stream."""

import io
import json
import sys

import pytest

from proxyrank.cli import output

TEXT = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("narrow")
def test_fields_wrap_below_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    words = " ".join(f"word{i}" for i in range(40))
    output.print_fields({"name": words, "arch": TEXT, "short": 1})
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "short  1"
    assert lines[1].startswith("       word")
    assert " ".join(line[7:] for line in lines[: len(lines) - 3]) == words
    assert "".join(line[7:] for line in lines[-3:-1]) == TEXT


@pytest.mark.usefixtures("narrow")
def test_long_text_goes_below_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_rows(["name", "value", "arch"], [["a", 1.5, TEXT], ["bb", None, "x"]], text=("arch",))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "name  value"
    assert lines[1] == "a       1.5"
    assert "".join(line.strip() for line in lines[2:4]) == TEXT
    assert lines[4:] == ["bb", "    x"]


def test_with_room_it_stays_in_its_column(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(output.WIDE))  # whatever the terminal, or xdist, says
    output.print_rows(["name", "arch"], [["a", TEXT]], text=("arch",))
    assert f"a     {TEXT}" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_json_reaches_every_stream(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding=encoding))
    output.print_json({"ranker": "données-试验"})
    sys.stdout.flush()
    assert json.loads(data.getvalue().decode(encoding)) == {"ranker": "données-试验"}
    assert ("试" in data.getvalue().decode("utf-8")) is (encoding == "utf-8")


def test_the_next_step_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    output.next_step("rank", "my ranker", "--top", 10)
    assert capsys.readouterr().out == "next: proxyrank rank 'my ranker' --top 10\n"


def test_a_full_disk_is_one_line(run_process, tmp_path) -> None:
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))"
    )
    out = tmp_path / "keys.csv"
    done = run_process("canonical", "(4, 0, 3, 1, 4, 3)", "(1, 0, 3, 1, 4, 3)", "--out", out, setup=limited)
    assert done.code == 2
    assert done.err == f"proxyrank: {out}: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_text_reaches_an_ascii_terminal(run_process, tmp_path) -> None:
    ascii_only = "sys.stdout.reconfigure(encoding='ascii', errors='strict')"
    out = tmp_path / "out"
    shown = run_process("reproduce", "toy", "--benchmark", "digits", "--out", out, setup=ascii_only)
    assert shown.code == 0, shown.err
    assert r"mean \xb1 std" in shown.out
