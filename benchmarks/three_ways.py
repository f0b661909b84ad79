"""Kendall's tau of the three ways to rank networks of one's own, by the commands of docs/own-networks.md.

    python benchmarks/three_ways.py [--seeds 1,2,3,4,5] [--ways by-table,by-builder,by-space] [--model gp]

Its shell blocks, with each seed in the place of ``random_state=1`` and ``--seed 1``, and the means.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
TREES = ("train", "spaces")
"""Folders that the commands name."""


def commands() -> list[list[str]]:
    """The words of each command of the three ways."""
    text = (ROOT / "docs" / "own-networks.md").read_text(encoding="utf-8")
    part = text[text.index("The three ways on `smallnets`") : text.index("KT on the other 372")]
    lines = re.sub(r"\\\n\s*", "", part).splitlines()
    return [shlex.split(line[2:]) for line in lines if line.startswith("$ ")]


def run(words: list[str], folder: str, seed: int) -> str:
    """What a command of a seed prints."""
    own = [word.replace("random_state=1", f"random_state={seed}") for word in words]
    if "--seed" in own:
        own[own.index("--seed") + 1] = str(seed)
    own[0:1] = [sys.executable, *(["-m", "proxyrank"] if own[0] == "proxyrank" else [])]
    done = subprocess.run(own, cwd=folder, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def judged(words: list[str], folder: str, seed: int) -> dict[str, float]:
    """KT of a way, and of the sizes where they are judged too."""
    found = json.loads(run([*words, "--json"], folder, seed))
    sizes = {name: found.get("baselines", {}).get(name, {}).get("KT") for name in ("flops", "params")}
    return {words[2]: found["KT"], **{name: tau for name, tau in sizes.items() if tau is not None}}


def main() -> None:
    """Print a row per seed, and the means."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--ways", default="by-table,by-builder,by-space")
    parser.add_argument("--model")
    options = parser.parse_args()
    data, *others = commands()
    rows: dict[int, dict[str, float]] = {}
    for seed in map(int, options.seeds.split(",")):
        rows[seed] = {}
        with tempfile.TemporaryDirectory() as folder:
            for name in TREES:
                (Path(folder) / name).symlink_to(ROOT / name)
            run(data, folder, seed)
            for words in others:
                if not set(options.ways.split(",")) & {words[-1], words[2]}:
                    continue
                if words[1] == "train":
                    run([*words, *(["--model", options.model] if options.model else [])], folder, seed)
                else:
                    rows[seed] |= judged(words, folder, seed)
                    print(seed, rows[seed], flush=True)
    frame = pd.DataFrame(rows).T
    frame.loc["mean"] = frame.mean()
    print(frame.round(4).to_string())


if __name__ == "__main__":
    main()
