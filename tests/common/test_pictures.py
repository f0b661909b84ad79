from pathlib import Path

import pytest

from proxyrank.common.pictures import new_figure, save_figure


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_pictures_are_what_their_name_says(tmp_path: Path, suffix: str) -> None:
    figure = new_figure(2, 1)
    figure.add_subplot().plot([1, 2])
    save_figure(figure, tmp_path / f"a{suffix}")
    start = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}[suffix]
    assert (tmp_path / f"a{suffix}").read_bytes().startswith(start)
    assert len(list(tmp_path.iterdir())) == 1


def test_same_bytes_again(tmp_path: Path) -> None:
    for name in "ab":
        figure = new_figure(2, 1)
        figure.add_subplot().plot([1, 2])
        save_figure(figure, tmp_path / f"{name}.png", dpi=50)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
