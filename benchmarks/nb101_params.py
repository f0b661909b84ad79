"""Parameters of NAS-Bench-101 networks as they are built, against the published table, on random cells.

python benchmarks/nb101_params.py ../shared/data/spaces/nasbench101_full.parquet --cells 1000
"""

import argparse

import pandas as pd

from proxyrank.spaces import get_space


def main() -> None:
    """Print how many networks agree with the table, and every one that does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("table", help="columns matrix, ops and params")
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    space = get_space("nb101")
    rows = pd.read_parquet(given.table).sample(given.cells, random_state=given.seed)
    equal = 0
    for matrix, ops, published in zip(rows["matrix"], rows["ops"], rows["params"], strict=True):
        arch = space.parse(f"{matrix}:{ops}")
        built = sum(weight.numel() for weight in space.network(arch, "cifar10").parameters())
        closed = space.sizes(arch, "cifar10").params
        equal += built == closed == published
        if not built == closed == published:
            print(f"{arch}: built {built}, closed form {closed}, published {published}")
    print(f"{equal} of {len(rows)} cells have the published number of parameters")


if __name__ == "__main__":
    main()
