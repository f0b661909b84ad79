"""The rebuilt reference networks and data are those that the reference values belong to."""

import numpy as np
import pytest
import torch

# The fingerprints are rounded to nine (values) and twelve (sums) digits.
VALUES, SUMS = 1e-8, 1e-10


def _check(tensor, expected, key="first4"):
    flat = tensor.double().flatten()
    np.testing.assert_allclose(flat[:4], expected[key], rtol=VALUES)
    if key == "first4":
        assert float(flat.sum()) == pytest.approx(expected["sum64"], rel=SUMS)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_reference_weights(reference, dtype):
    expected = reference.fingerprints["weights_net0_setting_a"]
    parameters = list(reference.network("a", 0, dtype).parameters())
    zen = list(reference.network("a", 0, dtype, zen=True).parameters())
    for index, entry in expected.items():
        assert list(parameters[int(index)].shape) == entry["shape"]
        _check(parameters[int(index)].detach(), entry)
        _check(zen[int(index)].detach(), entry, "zen_first4")


def test_reference_inputs(reference):
    for key, entry in reference.fingerprints["inputs"].items():
        seed, batch, resolution = key.split("_")
        setting = {"B8_R16": "a", "B16_R32": "b"}.get(f"{batch}_{resolution}")
        assert setting is not None
        _check(reference.inputs(setting, {"seed7": 1, "seed8": 2}[seed]), entry)


def test_reference_labels(reference):
    settings = {"B8_K10": "a", "B16_K10": "b", "B8_K120": "c"}
    for key, expected in reference.fingerprints["labels"].items():
        seed, size = key.split("_", 1)
        assert reference.labels(settings[size], {"seed9": 1, "seed10": 2}[seed]).tolist() == expected


def test_reference_signs(reference):
    shape = (8, 16, 4, 4)
    signs = reference.signs()
    for call in ("first", "second"):
        bits = signs.bits(shape).flatten()[:16].tolist()
        assert bits == reference.fingerprints[f"sign_bits_setting_a_{call}_call_first16"]
    assert set(reference.signs()(shape).unique().tolist()) == {-1.0, 1.0}


def test_reference_parameter_order(reference):
    example = reference.data["param_order_example"]
    shapes = [list(p.shape) for p in reference.network(example["setting"], example["net"]).parameters()]
    assert shapes == [shape for _, shape in example["shapes"]]
