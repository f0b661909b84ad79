"""Where a table is of another space, the message names it."""

import pandas as pd
import pytest

from proxyrank.common.errors import ArchitectureError, TableError
from proxyrank.evaluate import load_labels
from proxyrank.spaces import get_space, space_names
from proxyrank.spaces.others import other_spaces, spaces_of_columns


@pytest.mark.parametrize("name", ["darts", "mbconv", "nb-macro", "nb101", "nb201", "smallnets"])
def test_the_space_of_a_text_is_named_where_another_refuses_it(name: str) -> None:
    (arch,) = get_space(name).sample(1, seed=0)
    for other in set(space_names(installed=False)) - {name}:
        assert other_spaces(get_space(other), arch) == f"; it is of --space {name}"
    assert other_spaces(get_space(name), arch) == ""


def test_several_and_none() -> None:
    (arch,) = get_space("mobilenetv2").sample(1, seed=0)
    assert other_spaces(get_space("nb201"), arch) == "; it is of --space mobilenetv2 or mobilenetv2-plain"
    assert other_spaces(get_space("nb201"), "resnet18") == ""
    assert spaces_of_columns(["matrix", "ops", "acc"]) == "; these are of --space nb101"
    assert spaces_of_columns(["acc"]) == ""


def test_labels_of_another_space(tmp_path) -> None:
    path = tmp_path / "labels.csv"
    pd.DataFrame({"arch": ["00000000", "00000001"], "acc": [1, 2]}).to_csv(path, index=False)
    with pytest.raises(ArchitectureError, match="line 2: .* it is of --space nb-macro$"):
        load_labels(path, space=get_space("nb201"))
    pd.DataFrame({"matrix": ["01"], "ops": [""], "acc": [1]}).to_csv(path, index=False)
    with pytest.raises(TableError, match="columns: matrix, ops, acc; these are of --space nb101$"):
        load_labels(path, space=get_space("nb201"))
