"""The spaces of benchmarks/field_spaces.py: options by hand, and every row of the files that they read."""

from pathlib import Path

import pytest

from proxyrank.common.errors import ArchitectureError
from proxyrank.features import compute_features
from proxyrank.spaces import SearchSpace, get_space

FILE = Path(__file__).parents[2] / "benchmarks" / "field_spaces.py"
NLP = '{"h_new_0": {"op": "activation_tanh", "input": ["f"]}, '
NLP += '"f": {"op": "linear", "input": ["x", "h_prev_0"]}}'


def space(name: str) -> SearchSpace:
    return get_space(f"{FILE}:{name}")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("GRAPH", "0112:gcn,gat,skip,fc", {"links": "0112", "op1": "gcn", "op2": "gat", "op4": "fc"}),
        ("NASNET", str(list(range(28))), {"digit0": 0, "digit27": 27}),
        (
            "VIT",
            '{"base_dim": 16, "mlp_ratio": 6, "depth": [2, 8, 4], "num_heads": [2, 4, 6]}',
            {"family": "pit", "width": 16, "depth": 14, "mlp_ratio": 6, "heads": 4},
        ),
        (
            "RECURRENT",
            NLP,
            {"linear": 1, "activation_tanh": 1, "blend": 0, "nodes": 2, "depth": 2, "reads": 2},
        ),
        (
            "STAGES",
            '{"arch_def": [["ds_r1_k3_s1_c16"]' + ', ["ir_r4_k5_s2_e6_c64"]' * 6 + "]}",
            {"r1": 1, "k1": 3, "e1": 1, "c1": 16, "r7": 4, "k7": 5, "e7": 6, "c7": 64},
        ),
    ],
)
def test_options_of_a_text(name: str, text: str, expected: dict[str, object]) -> None:
    own = space(name)
    config = own.config(own.parse(f" {text}\n"))
    assert {option: config[option] for option in expected} == expected
    assert list(config) == list(own.options)
    assert not compute_features(own, [own.parse(text)], ("config",), cache=False).frame.isna().any().any()


@pytest.mark.parametrize("name", ["GRAPH", "NASNET", "VIT", "RECURRENT", "STAGES"])
@pytest.mark.parametrize(
    "text", ["", "5", "[]", "{}", "0112:gcn,gat,skip,mlp", None, '{"arch_def": [["x"]]}']
)
def test_other_texts_are_refused(name: str, text: object) -> None:
    with pytest.raises(ArchitectureError, match="cannot be read; expected as"):
        space(name).parse(text)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("GRAPH", "nasbench_graph_proteins.csv"),
        ("NASNET", "nasnet_lanas_trace_cifar10.csv"),
        ("VIT", "vitbench_autoprox.csv"),
        ("RECURRENT", "nasbench_nlp_wikitext2.csv"),
        ("STAGES", "archai_face_landmark_mbv2.csv"),
    ],
)
def test_every_row_of_the_file_is_read(table, name: str, file: str) -> None:
    own, archs = space(name), table(file)["arch"]
    assert [own.parse(own.parse(arch)) for arch in archs] == [own.parse(arch) for arch in archs]
