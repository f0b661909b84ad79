"""What a ranker is, and the commands that made what is reported on."""

from collections.abc import Sequence
from pathlib import Path

from proxyrank.common.commands import last_with_out, read_commands, with_out
from proxyrank.models import ProxyRanker, RankerCard
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


def ranker_commands(card: RankerCard, name: str, others: Sequence[str]) -> Section:
    """The commands that made a ranker of that name, as its card states them, and what belongs to them."""
    made = last_with_out(card.commands, name)
    unknown = ["What made the ranker is not stated: it was made in Python, or by proxyrank 0.1.0."]
    return Section("Commands", text=unknown if others and not made else [], code=[*made, *others])


def folder_commands(folder: Path) -> Section:
    """The commands that wrote into a folder, as it states them; left out where it states none."""
    return Section("Commands", code=with_out(read_commands(folder), folder.resolve().name))
