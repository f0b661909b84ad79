"""Networks of any input and any output: --shape, --input and --logits of score and features."""

from pathlib import Path

import numpy as np
import pytest

from proxyrank.features import FeatureTable

NETS = """
import torch
from torch import nn


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Linear(512, 10)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.conv(x))).flatten(1))


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv1d(6, 4, 3), nn.Linear(4, 10)

    def forward(self, x):
        return self.head(torch.relu(self.conv(x.mT)).mean(-1))


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.head = nn.Embedding(50, 8), nn.Linear(8, 10)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, x):
        return self.head(self.layer(self.embedding(x)).mean(1))


def row():
    return nn.Sequential(nn.Linear(30, 8), nn.ReLU(), nn.Linear(8, 10))


class Both(nn.Module):
    def __init__(self, width, named):
        super().__init__()
        self.body, self.head, self.named = nn.Linear(30, width), nn.Linear(width, 10), named

    def forward(self, x):
        hidden = torch.relu(self.body(x))
        if self.named == "plain":
            return self.head(hidden)
        out = self.head(hidden)
        return {"hidden": hidden, "out": out} if self.named == "yes" else (hidden, out)


def pair():
    return Both(8, "no")
"""

PROXIES = ("--proxies", "params,flops,synflow,naswot,vkdnw,trace", "--batch-size", 4, "--json")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shapenets.py").write_text(NETS)
    rows = ["arch,width,named", "a,8,plain", "b,8,yes", "c,8,no"]
    (tmp_path / "candidates.csv").write_text("\n".join(rows) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "shape", "flops"),
    [
        ("Images", "3x8x16", 4 * 128 * 28 + 10 * 513),
        ("Sequence", "20x6", 4 * 18 * 19 + 10 * 5),
        ("row", "30", 8 * 31 + 10 * 9),
    ],
)
def test_images_of_any_size_sequences_and_rows(run, name: str, shape: str, flops: int) -> None:
    done = run("score", "--module", f"shapenets:{name}", "--shape", shape, *PROXIES)
    assert done.code == 0, done.err
    (scores,) = done.json["scores"]
    assert scores["flops"] == flops
    assert None not in scores.values()
    assert done.json["settings"]["dataset"] == f"{shape}:10"


def test_words_have_no_gradient_and_say_so(run) -> None:
    proxies = ("--proxies", "params,naswot,vkdnw,trace,synflow,jacov", "--batch-size", 4, "--json")
    done = run("score", "--module", "shapenets:Words", "--shape", "20@50", *proxies)
    assert done.code == 0, done.err
    (scores,) = done.json["scores"]
    gaps = {name for name, value in scores.items() if value is None}
    assert gaps == {"synflow", "synflow_log", "jacov"}
    assert done.json["status"]["jacov"]["shapenets:Words"] == (
        "needs a gradient by the input, and words have none"
    )


def test_files_keep_their_shape(run) -> None:
    rng = np.random.default_rng(0)
    np.save("wide.npy", rng.normal(size=(8, 3, 8, 16)))
    np.save("rows.npy", rng.normal(size=(8, 30)))
    np.save("words.npy", rng.integers(0, 50, size=(8, 20)))
    for name, file, text in (("Images", "wide", "3x8x16:10"), ("row", "rows", "30:10")):
        done = run("score", "--module", f"shapenets:{name}", "--input", f"{file}.npy", *PROXIES)
        assert done.code == 0, done.err
        assert done.json["settings"]["dataset"] == text
        assert None not in done.json["scores"][0].values()
    words = ("score", "--module", "shapenets:Words", "--proxies", "naswot", "--batch-size", 4)
    assert run(*words, "--input", "words.npy", "--shape", "20@50").code == 0
    small = run(*words, "--input", "words.npy", "--shape", "20@10")
    assert small.code == 2
    assert "expected words from 0 to 9" in small.err
    other = run(*words, "--input", "rows.npy", "--shape", "20x6")
    assert "inputs of 30, the network reads 20x6" in other.err


def test_pink_noise_of_any_size_is_for_images_alone(run) -> None:
    pink = ("--input", "pink", *PROXIES)
    assert run("score", "--module", "shapenets:Images", "--shape", "3x8x16", *pink).code == 0
    done = run("score", "--module", "shapenets:row", "--shape", "30", *pink)
    assert done.code == 2
    assert "pink noise is made for images, not for 30" in done.err


@pytest.mark.parametrize("shape", ["3x", "axb", "3x4x5x6", "3X32X32", "20@", "0x3x3"])
def test_what_is_no_shape(run, shape: str) -> None:
    done = run("score", "--module", "shapenets:row", "--shape", shape, *PROXIES)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1


def test_published_spaces_read_square_images(run) -> None:
    done = run("score", "(2, 2, 2, 2, 2, 2)", "--shape", "3x8x16", "--proxies", "params")
    assert done.code == 2
    assert "read square images, as 3x32x32, not 3x8x16" in done.err


def test_one_of_several_outputs(run) -> None:
    first = run("score", "--module", "shapenets:pair", "--shape", "30", "--logits", 1, *PROXIES)
    assert first.code == 0, first.err
    assert None not in first.json["scores"][0].values()
    plain = run("score", "--build", "shapenets.py:Both", "width=8,named=plain", "--shape", "30", *PROXIES)
    assert {k: v for k, v in first.json["scores"][0].items() if k != "arch"} == {
        k: v for k, v in plain.json["scores"][0].items() if k != "arch"
    }
    none = run("score", "--module", "shapenets:pair", "--shape", "30", "--logits", 2, *PROXIES)
    assert none.code == 0, none.err
    assert none.json["status"]["naswot"]["shapenets:pair"] == "no output '2' in a tuple of 2"
    lost = run("score", "(2, 2, 2, 2, 2, 2)", "--logits", "1", *PROXIES)
    assert lost.code == 2
    assert "--logits is about the networks of" in lost.err


def test_several_outputs_without_a_choice_are_a_status_of_that_architecture(run, folder: Path) -> None:
    args = (
        *("features", "--candidates", "candidates.csv", "--build", "shapenets.py:Both", "--shape", "30"),
        *("--groups", "zcs,trace", "--batch-size", 4, "--workers", 1),
    )
    done = run(*args, "--out", "T.parquet")
    assert done.code == 0, done.err
    table = FeatureTable.read(folder / "T.parquet")
    assert table.frame["naswot"].notna().tolist() == [True, False, False]
    assert "returned" not in done.err
    reasons = table.sidecar.status
    expected = "must map images to logits [B, K], got a mapping of hidden, out; say which are the logits"
    assert expected in reasons["naswot"]["b"]
    assert "got a tuple of 2" in reasons["trace_log_macs"]["c"]
    refused = run(*args, "--logits", "out", "--out", "T.parquet")
    assert refused.code == 2  # another choice is another table
    networks = ("width=8,named=plain", "width=8,named=yes", "width=8,named=no")
    proxies = ("--shape", "30", "--proxies", "naswot", "--batch-size", 4, "--json")
    named = run("score", "--build", "shapenets.py:Both", *networks, "--logits", "out", *proxies)
    assert named.code == 0, named.err
    values = [row["naswot"] for row in named.json["scores"]]
    assert (values[0], values[2]) == (None, None)
    assert values[1] == table.frame.loc["a", "naswot"]
