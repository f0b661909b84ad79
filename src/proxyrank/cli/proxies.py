"""``proxies``: what there is to score with."""

from typing import Annotated

import typer

from proxyrank.cli import output


def proxies(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")] = False,
) -> None:
    """List the zero-cost proxies: name, direction, what they mean, what they need, cost and paper."""
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
        }
        for proxy in PROXIES.values()
    ]
    if json:
        output.print_json(facts)
        return
    rows = [
        (
            proxy.name,
            "higher is better" if proxy.direction > 0 else "lower is better",
            proxy.meaning,
            "labels" if proxy.labels else "",
            proxy.minimum_batch,
            f"{proxy.cost:g}",
            proxy.paper,
        )
        for proxy in PROXIES.values()
    ]
    output.print_rows(("proxy", "direction", "meaning", "reads", "min. batch", "cost", "paper"), rows)
    output.note("cost: time alone, in forward passes of the batch; the passes of several proxies are shared")
