"""``info``: what a ranker folder is."""

from typing import Any

from proxyrank.cli import options, output


def info(
    ranker: options.RankerFolder,
    space: options.RankerSpace = None,
    json: options.Json = False,
) -> None:
    """Print what a ranker is: label, groups, settings, versions."""
    from proxyrank.models import ProxyRanker

    card = ProxyRanker.load(ranker, space=space).card
    facts = card.model_dump(mode="json")
    if json:
        output.print_json(facts)
        return
    features = facts.pop("feature_names")
    output.print_fields(
        {key: _text(key, value) for key, value in facts.items()}
        | {"features": f"{len(features)} ({', '.join(features[:5])}, ...)"}
    )


def _text(key: str, value: Any) -> str:
    if key == "groups":
        return "; ".join(
            f"{name} ({len(family['columns'])} columns, version {family['version']}, "
            f"{_text('settings', family['settings']) or 'no settings'})"
            for name, group in value.items()
            for family in group["families"]
        )
    if key == "intervals" and value:
        ends = f"{value['low']:.2f} to {value['high']:+.2f} mean residuals on the logit scale"
        return f"{100 * value['level']:.0f} %, from {value['rows']} out-of-fold residuals: {ends}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "none"
    return str(value)
