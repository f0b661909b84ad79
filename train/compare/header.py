"""What holds a folder to one comparison."""

import json
from pathlib import Path

from proxyrank.common.digests import archs_digest, digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import read_json, write_json
from proxyrank.train.compare.rows import Field


def check_header(path: Path, field: Field) -> None:
    """Refuse a folder of another comparison; rankings, sizes and seeds may be added to one."""
    labels, plan = field.labels, field.plan
    lines = "".join(f"{arch},{value!r}\n" for arch, value in labels.values.items())
    stated = {
        "labels": {"name": labels.name, "direction": labels.direction, "sha256": digest(lines)},
        "population": plan.population,
        "split": plan.split,
        "dataset": plan.dataset,
        "settings": plan.settings.stated(),
        "features": field.features and digest(field.features.frame.to_csv()),
        "set aside": archs_digest(sorted(field.aside)) if field.aside else None,
    }
    stated = json.loads(json.dumps(stated))
    if not path.exists():
        write_json(stated, path)
        return
    known = read_json(path)
    for name, value in stated.items():
        if known.get(name) != value:
            raise ProxyrankError(
                f"{path}: compared with {name} = {known.get(name)!r}, asked for {value!r}; "
                "choose another --out"
            )
