"""Config: the options of an architecture as numbers, in spaces that have options."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.rows import Reasons, Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import Choice, SearchSpace, is_numeric, require

NAME = "config"


def config_columns(space: SearchSpace) -> list[str]:
    """Columns of a space, read off its declared options and nothing else, so equal for any architectures.

    ``config_depth`` for an option whose choices are all numbers, and one column per choice for another one,
    such as ``config_activation=relu``.

    Raises
    ------
    ProxyrankError
        If the space has no options.
    """
    return [name for name, _, _ in config_terms(space)]


def config_frame(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> Rows:
    """Numbers as they are (truth values 0 and 1), other choices one-hot; the settings change nothing.

    An option without a value, or with one that is none of its choices, is a gap with a reason.

    Raises
    ------
    ProxyrankError
        If the space has no options.
    """
    configured = require(space, "config", f"the feature group {NAME}")
    terms = config_terms(space)
    rows = []
    reasons: Reasons = {}
    for arch in archs:
        config = configured.config(arch)
        gaps = _gaps(config, configured.options)
        for name, option, _ in terms:
            if option in gaps:
                reasons.setdefault(name, {})[arch] = gaps[option]
        rows.append([math.nan if o in gaps else _value(config[o], choice) for _, o, choice in terms])
    return Rows(frame_of(archs, [name for name, _, _ in terms], rows), reasons)


def _value(given: Any, choice: Any) -> float:
    return float(given) if choice is None else float(given == choice)


def _gaps(config: Mapping[str, Any], options: Mapping[str, Sequence[Choice]]) -> dict[str, str]:
    """Why an option has no value, where it has none."""
    gaps = {option: "no value" for option in options if config[option] is None}
    strange = (o for o, choices in options.items() if not is_numeric(choices) and config[o] not in choices)
    return {option: f"unknown {option} {config[option]!r}" for option in strange} | gaps


def config_terms(space: SearchSpace) -> list[tuple[str, str, Any]]:
    """Column, option, and the choice that a one-hot column stands for (None in a numeric one)."""
    options = require(space, "options", f"the feature group {NAME}").options
    terms: list[tuple[str, str, Any]] = []
    for option, choices in options.items():
        if is_numeric(choices):
            terms.append((f"{NAME}_{option}", option, None))
        else:
            terms += [(f"{NAME}_{option}={choice}", option, choice) for choice in choices]
    return terms


CONFIG = FeatureGroup(
    name=NAME,
    summary="config: options of the architecture, numbers as they are, words one-hot",
    version=1,
    needs_network=False,
    columns=config_columns,
    compute=config_frame,
    needs=("options", "config"),
)
