"""``proxies``: what there is to score with."""

from proxyrank.cli import options, output


def proxies(json: options.Json = False) -> None:
    """List the zero-cost proxies: meaning, needs, cost, paper."""
    from proxyrank.features.proxies import PROXIES

    facts = [
        {
            "name": proxy.name,
            "direction": proxy.direction,
            "meaning": proxy.meaning,
            "paper": proxy.paper,
            "columns": list(proxy.columns),
            "labels": proxy.labels,
            "second_batch": proxy.second_batch,
            "minimum_batch": proxy.minimum_batch,
            "minimum_network": proxy.minimum_network,
            "cost": proxy.cost,
            "defaults": dict(proxy.defaults),
        }
        for proxy in PROXIES.values()
    ]
    if json:
        output.print_json(facts)
        return
    rows = [
        (
            proxy.name,
            "higher" if proxy.direction > 0 else "lower",
            ", ".join([proxy.defaults.get("input", "noise"), *(["labels"] if proxy.labels else [])]),
            proxy.minimum_batch,
            f"{proxy.cost:g}",
            proxy.meaning,
            proxy.paper,
        )
        for proxy in PROXIES.values()
    ]
    header = ("proxy", "better", "reads", "min. batch", "cost", "meaning", "paper")
    output.print_rows(header, rows, text=("meaning", "paper"))
    output.note("cost: time alone, in forward passes of the batch; several proxies share their passes")
