"""A page holds what it is given, nothing else, and no text of it can do harm."""

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from proxyrank.report.page import Plot, Section, Table, number, write_page

EVIL = "</script><script>alert(1)</script>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]


def tags(path: Path) -> Tags:
    parser = Tags()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def test_empty_sections_are_left_out_and_plotly_only_where_it_draws(tmp_path: Path) -> None:
    sections = [
        Section("Nothing"),
        Section("No rows", [Table(["a"], [])]),
        Section("Words", text=["hello"]),
        Section("Numbers", [Table(["name", "value"], [["x", 0.12345], ["y", None]], "caption")]),
    ]
    text = write_page(tmp_path / "a.html", "Title", "lead", sections).read_text()
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", text) == ["Words", "Numbers"]
    assert "0.123" in text
    assert len(text) < 20_000
    drawn = [Section("Drawn", [Plot([{"type": "scatter", "x": [1], "y": [2]}], {}, "dots")])]
    page = write_page(tmp_path / "b.html", "Title", "lead", drawn)
    assert page.read_text().count("plotly.js (basic - minified)") == 1
    assert all(source.startswith("#") for source in tags(page).sources)  # nothing is fetched


def test_texts_are_texts(tmp_path: Path) -> None:
    sections = [
        Section(EVIL, [Table([EVIL], [[EVIL]], EVIL)], [EVIL], [EVIL]),
        Section("Drawn", [Plot([{"type": "scatter", "text": [EVIL], "x": [math.nan]}], {}, EVIL)]),
    ]
    plain = [Section("A", [Table(["a"], [["a"]])]), Section("Drawn", [Plot([{"type": "scatter"}])])]
    found = [
        tags(write_page(tmp_path / name, title, title, own)).found.count("script")
        for name, title, own in (("a.html", EVIL, sections), ("b.html", "A", plain))
    ]
    assert found[0] == found[1]
    held = re.search(r'application/json">(.*?)</script>', (tmp_path / "a.html").read_text(), re.S)
    assert held
    assert json.loads(held.group(1))["data"][0] == {"type": "scatter", "text": [EVIL], "x": [None]}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (math.nan, ""),
        (0.5, "0.500"),
        (3.0, "3"),
        (374602, "374,602"),
        (0.00012, "0.00012"),
        ("a", "a"),
    ],
)
def test_numbers(value: str | float | None, text: str) -> None:
    assert number(value) == text


def test_long_words_break_between_operations(tmp_path: Path) -> None:
    rows = [["|a~0|+|b<0|", 1234.0]]
    text = write_page(tmp_path / "a", "T", "l", [Section("A", [Table(["a", "b"], rows)])]).read_text()
    assert "|<wbr>a~0|<wbr>+|<wbr>b&lt;0|</td>" in text
    assert "1,234</td>" in text


def test_same_bytes(tmp_path: Path) -> None:
    pages = [write_page(tmp_path / name, "T", "l", [Section("A", text=["b"])]) for name in ("a", "b")]
    assert pages[0].read_bytes() == pages[1].read_bytes()
