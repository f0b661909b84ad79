from pathlib import Path

from proxyrank.common.digests import archs_digest, archs_lines, digest, parts_digest, short_digest


def test_against_the_published_vector() -> None:
    # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest("abc") == digest(b"abc") == expected
    assert short_digest("abc") == expected[:16]


def test_architectures_have_the_digest_of_the_file_that_lists_them(tmp_path: Path) -> None:
    file = tmp_path / "archs.txt"
    file.write_bytes(archs_lines(["a", "b"]))
    assert file.read_text().splitlines() == ["a", "b"]
    assert archs_digest(["a", "b"]) == digest(file.read_bytes())
    assert archs_digest(["a", "b"]) != archs_digest(["b", "a"])


def test_where_a_part_ends_counts() -> None:
    assert parts_digest("ab", "c") != parts_digest("a", "bc")
    assert parts_digest("ab", b"c") == parts_digest(b"ab", "c")
