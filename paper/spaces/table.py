"""The table of spaces: every line, size and seed in one run that goes on where it was stopped."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.files import atomic_path, read_json, require_parent, write_json
from proxyrank.common.tabular import json_safe, write_table
from proxyrank.evaluate import Labels
from proxyrank.paper.render import long_frame, to_latex, to_markdown
from proxyrank.paper.result import Cell, Result, mean_and_std
from proxyrank.paper.spaces.lines import LINES, Line
from proxyrank.paper.spaces.measure import (
    METRICS,
    PREDICTORS,
    Part,
    fingerprint,
    judge,
    line_features,
    make_part,
    read_line,
)

NAME, TITLE = "spaces", "search spaces that no setting was chosen for"
SECOND_HAND = (
    "PINAT and NN-Former: as their papers print them, NN-Former read second hand; its code fits validation "
    "accuracy and judges on test accuracy, and labels may be averaged otherwise"
)


def chosen_lines(only: str | None) -> list[Line]:
    """Lines of names separated by commas; all of them for None. Raises ProxyrankError at an unknown one."""
    names = list(LINES) if only is None else [name.strip() for name in only.split(",")]
    for name in names:
        if name not in LINES:
            raise unknown("line of the table of spaces", name, LINES)
    return [LINES[name] for name in names]


def reproduce_spaces(
    folder: str | Path,
    out: str | Path,
    *,
    only: str | None = None,
    sizes: Sequence[int] = (),
    seeds: Sequence[int] = (1, 2, 3),
    threads: int = 1,
    on_part: Callable[[str], None] = lambda text: None,
) -> Result:
    """Measure every line, size, seed and predictor, and write ``spaces.json, .csv, .md, .tex``.

    Each number is kept in ``parts`` as soon as it is there, with the digest of its labels; what is there is
    not done again.

    Parameters
    ----------
    folder
        Where the files of labels are; a line whose file is not there says so.
    out
        Folder of the results, made if absent.
    only
        Names of lines, separated by commas.
    sizes
        Training sizes that are kept to; none means all of each line.
    seeds
        Of the training parts and models.
    threads
        Of the models.
    on_part
        Told what is done next.

    Raises
    ------
    ProxyrankError
        If a line is unknown or the folder cannot be made.
    """
    lines, out = chosen_lines(only), Path(out)
    require_parent(out, "--out")
    (out / "parts").mkdir(parents=True, exist_ok=True)
    result = Result(NAME, TITLE, notes=[SECOND_HAND])
    for line in lines:
        wanted = [size for size in line.sizes if not sizes or size in sizes]
        result.cells += _line_cells(line, wanted, seeds, Path(folder), out / "parts", threads, on_part)
        _write(result, out)
    return result


def _line_cells(
    line: Line,
    sizes: Sequence[int],
    seeds: Sequence[int],
    folder: Path,
    parts: Path,
    threads: int,
    on_part: Callable[[str], None],
) -> Iterator[Cell]:
    labels, reason = _labels(line, folder)
    features = None if labels is None else lru_cache(1)(partial(line_features, labels, line))
    for size in sizes:
        row = f"{line.title}, {size}"
        for predictor in PREDICTORS:
            found: list[dict[str, float | None]] = []
            if labels is not None and features is not None:
                for seed in seeds:
                    file = parts / f"{line.name}-{size}-{seed}-{_slug(predictor)}.json"
                    make = partial(make_part, labels, line, size, seed, features, threads)
                    text = f"{row}, seed {seed}: {predictor}"
                    found.append(_kept(file, labels, partial(on_part, text), make, predictor))
            n = 0 if labels is None else len(labels.values) - size
            for metric in METRICS:
                values = [one[metric] for one in found]
                mean, std = mean_and_std([value for value in values if value is not None] or [math.nan])
                yield Cell(row, predictor, metric, mean, std, n=n, seeds=len(found), note=reason)
        for predictor, printed in line.published.items():
            yield Cell(row, predictor, "KT", None, published=printed[list(line.sizes).index(size)])


def _kept(
    file: Path, labels: Labels, tell: Callable[[], None], make: Callable[[], Part], predictor: str
) -> dict[str, float | None]:
    """Metrics in a file, measured first where it has none of these labels."""
    stated = {"labels": fingerprint(labels), "label": labels.name}
    known = read_json(file) if file.exists() else {}
    if {key: known.get(key) for key in stated} != stated:
        tell()
        known = {**stated, "metrics": json_safe(judge(make(), predictor))}
        write_json(known, file)
    found: dict[str, float | None] = known["metrics"]
    return found


def _labels(line: Line, folder: Path) -> tuple[Labels | None, str]:
    """Labels of a line, or why there are none."""
    try:
        return read_line(line, folder), ""
    except ProxyrankError as error:
        return None, str(error)


def _slug(text: str) -> str:
    return text.lower().replace(", ", "-").replace(" ", "_")


def _write(result: Result, out: Path) -> None:
    """All forms of the table."""
    write_table(long_frame(result), out / f"{NAME}.csv")
    for suffix, text in ((".md", to_markdown(result)), (".tex", to_latex(result))):
        with atomic_path(out / f"{NAME}{suffix}") as path:
            path.write_text(text, encoding="utf-8")
    write_json(json_safe({"result": result.to_dict()}), out / f"{NAME}.json")
