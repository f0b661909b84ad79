"""What a ranker is, and the commands that made it."""

import shlex
from collections.abc import Sequence

from proxyrank.features import get_group
from proxyrank.models import ProxyRanker, RankerCard, model_class
from proxyrank.report.page import Section, Table, Value


def settings_section(ranker: ProxyRanker) -> Section:
    """Space, label, split, groups, parameters; versions of what it was fitted with; what it noted."""
    card = ranker.card
    stated: dict[str, Value] = {
        "space": card.space,
        "label": f"{card.label.name} of {card.label.path}" if card.label.path else card.label.name,
        "trained on": f"{card.n_train} architectures, {card.population}",
        "split": f"{card.split.kind}, seed {card.split.seed}" if card.split else "chosen by the caller",
        "groups": "+".join(card.groups),
        "averaged over equal networks": ", ".join(card.averaged) or "none",
        "target": card.target or "none",
        **{name: str(value) for name, value in sorted(card.params.items())},
    }
    rows: list[list[Value]] = [[name, value] for name, value in stated.items()]
    versions: list[list[Value]] = [["proxyrank", card.proxyrank]]
    versions += [[name, version] for name, version in card.libraries.items()]
    tables = [Table(["setting", "value"], rows), Table(["fitted with", "version"], versions)]
    return Section("Settings and versions", tables, card.notes)


_GIVEN = frozenset({"random_state", "n_jobs", "direction", "scale"})
"""Parameters that `train` sets by its options and the labels."""


def training_command(card: RankerCard, labels: str | None) -> list[str]:
    """The command line that trains a ranker as its card states it; none where a card cannot say all of it.

    That is of rows that the caller chose, of networks from tables or code of the user's own, of network
    features (their settings differ by column), of parameters that a study or the caller chose, of rankers
    without intervals, and of rankers made of several (committee, second label, transfer).
    """
    made_of_several = {"committee", "also", "transfer"}
    computed = all(group.source == "computed" for group in card.groups.values())
    if not (card.split and labels and computed and card.intervals) or card.code:
        return []
    if card.model in made_of_several or any(get_group(name).needs_network for name in card.groups):
        return []
    usual = model_class(card.model)().get_params()
    if any(usual.get(name) != value for name, value in card.params.items() if name not in _GIVEN):
        return []
    options = {
        "--labels": labels,
        "--label": card.label.name,
        "--label-direction": card.label.direction,
        "--space": card.space,
        "--groups": ",".join(card.groups),
        "--model": card.model,
        "--population": card.split.population or "all",
        "--train-size": card.split.train_size,
        "--split": card.split.kind,
        "--seed": card.split.seed or 0,
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [shlex.join(["proxyrank", "train", *words, "--out", "ranker"])]


def commands_section(commands: Sequence[str]) -> Section:
    """The command lines that are known; empty without any."""
    return Section("Commands", code=list(commands))
