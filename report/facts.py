"""What a ranker is, and the commands that made it."""

from collections.abc import Sequence

from proxyrank.models import ProxyRanker
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


def commands_section(commands: Sequence[str]) -> Section:
    """The command lines that are known; empty without any."""
    return Section("Commands", code=list(commands))
