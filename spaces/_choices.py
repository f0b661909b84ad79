"""Options of a `ConfigSpace`: which choices may be declared, and how each is written and read."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from numbers import Integral, Real
from typing import Any

import numpy as np

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.common.numeric import parse_number

Choice = bool | int | float | str
"""A value of an option: a truth value, a number, or a word."""

_TRUTH = {"true": True, "false": False}

_LONGEST = 120
"""Characters of what was given that a message repeats."""


def is_numeric(choices: Sequence[Choice]) -> bool:
    """Whether the choices are all numbers (or truth values, 0 and 1), hence ordered."""
    return all(isinstance(choice, Real) for choice in choices)


def words_of(option: str, choices: Sequence[Choice], where: str) -> dict[str, Choice]:
    """How each choice of an option is written, in the order in which they were declared.

    Parameters
    ----------
    option
        Its name.
    choices
        Its choices.
    where
        What a message begins with.

    Raises
    ------
    ProxyrankError
        If the name is no Python name, or a choice is none of `Choice`, not writable, or there twice.
    """
    where = f"{where}: option {option!r}"
    if not isinstance(option, str) or not option.isidentifier():
        raise ProxyrankError(f"{where}: its name must be a Python name, since it is a keyword argument")
    if isinstance(choices, str) or not isinstance(choices, Sequence) or not choices:
        raise ProxyrankError(f"{where}: expected a list of choices, got {choices!r}")
    words: dict[str, Choice] = {}
    for choice in choices:
        if not isinstance(choice, bool | int | float | str):
            raise ProxyrankError(f"{where}: a choice is a number, a truth value or a word, not {choice!r}")
        word = written(choice)
        if not word.isprintable() or word != word.strip() or not word or set(word) & {",", "="}:
            raise ProxyrankError(f"{where}: a word without commas, = and blanks around it, not {choice!r}")
        if isinstance(choice, float) and not math.isfinite(choice):
            raise ProxyrankError(f"{where}: a number is finite, not {choice!r}")
        if word in words:
            raise ProxyrankError(f"{where}: {choice!r} is there twice, or written like another choice")
        words[word] = choice
    return words


def find_word(value: Any, words: Mapping[str, Choice]) -> str | None:
    """The word of a value given as such, or as any text of it (``3.0`` for 3); None where there is none."""
    candidates = [written(value)]
    if isinstance(value, str):
        text = value.strip()
        candidates = [text, text.lower() if text in ("True", "False") else text]
        with suppress(ValueError):
            candidates.append(written(float(text)))
    return next((word for word in candidates if word in words), None)


def read_config(text: Any, where: str) -> dict[str, Any]:
    """Option -> value, of a mapping, of JSON of one, or of ``depth=3,kernel=5``.

    Raises
    ------
    ArchitectureError
        If it is none of these, or has an option twice.
    """
    if isinstance(text, Mapping):
        return {str(option): value for option, value in text.items()}
    if not isinstance(text, str):
        raise ArchitectureError(f"{where}: expected text or a mapping of options, got {shown(text)}")
    pairs = _json_pairs(text, where) if text.lstrip().startswith("{") else _text_pairs(text, where)
    config = dict(pairs)
    if len(config) < len(pairs):
        raise ArchitectureError(f"{where}: {shown(text)} has an option twice")
    return config


def shown(text: Any) -> str:
    """What was given, as a message repeats it."""
    whole = repr(text)
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}..."


def written(value: Any) -> str:
    """Text of a value, the same for equal numbers of any type."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value)


def as_number(cell: object) -> bool | float | None:
    """A truth value or number of a table's cell; None where it is blank or something else."""
    if isinstance(cell, bool | np.bool_):
        return bool(cell)
    if (truth := _TRUTH.get(str(cell).strip().lower())) is not None:
        return truth
    number = parse_number(cell)
    return None if number is None or math.isnan(number) else number


def _json_pairs(text: str, where: str) -> list[tuple[str, Any]]:
    try:
        # pairs, because a mapping would drop a repeated key
        pairs: list[tuple[str, Any]] = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        raise ArchitectureError(f"{where}: {shown(text)} is no JSON object") from None
    return pairs


def _text_pairs(text: str, where: str) -> list[tuple[str, Any]]:
    pairs = []
    for part in text.split(","):
        option, equals, value = part.partition("=")
        if not equals:
            raise ArchitectureError(f"{where}: expected OPTION=VALUE joined by commas, got {shown(text)}")
        pairs.append((option.strip(), value.strip()))
    return pairs
