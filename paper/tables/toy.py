"""Why nDCG matters: two rankings of equal KT, one wrong at the top, one wrong at the bottom."""

from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.paper.bench import Bench
from proxyrank.paper.judging import paper_metrics
from proxyrank.paper.published import METRICS
from proxyrank.paper.result import Cell, Result

NAME = "toy"
TITLE = "Two rankings with one Kendall's tau"
NETWORKS = 20
REVERSED = 5


def make(bench: Bench, out: Path) -> Result:
    """Twenty networks of accuracy 50 to 88 %; five neighbours are reversed at either end."""
    labels = pd.Series(np.linspace(50.0, 88.0, NETWORKS))
    right = np.arange(NETWORKS, dtype=np.float64)
    top, bottom = right.copy(), right.copy()
    top[-REVERSED:] = top[-REVERSED:][::-1]
    bottom[:REVERSED] = bottom[:REVERSED][::-1]
    result = Result(NAME, TITLE, notes=["the search takes the first network: only nDCG tells them apart"])
    for row, scores in {"right": right, "wrong at the bottom": bottom, "wrong at the top": top}.items():
        found = paper_metrics(pd.Series(scores), labels)
        cells = [Cell(row, "toy", metric, found[metric], n=NETWORKS) for metric in (*METRICS, "top1")]
        result.cells += cells
    return result
