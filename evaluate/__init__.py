"""Labels, metrics of a ranking, and the judging of scores by them."""

from proxyrank.common.labels import Direction
from proxyrank.evaluate.ceiling import LabelNoise, ceiling, noise_of_equals, noise_of_repeats
from proxyrank.evaluate.gains import label_gains
from proxyrank.evaluate.judge import (
    equal_to_trained,
    in_population,
    judge_ranker,
    judge_scores,
    population_note,
    ranker_scores,
    seen_in_training,
    without,
)
from proxyrank.evaluate.labels import Labels, load_labels, make_labels, require_varied
from proxyrank.evaluate.metrics import (
    Metric,
    kendall_tau,
    ndcg,
    random_ndcg,
    ranking_order,
    regret,
    spearman,
    top1,
    top_share_tau,
)
from proxyrank.evaluate.nats import load_nats
from proxyrank.evaluate.report import Report, evaluate_scores
from proxyrank.evaluate.sizes import SIZES, size_scores, sized_dataset
from proxyrank.evaluate.top import best_rank, top_precision

__all__ = [
    "SIZES",
    "Direction",
    "LabelNoise",
    "Labels",
    "Metric",
    "Report",
    "best_rank",
    "ceiling",
    "equal_to_trained",
    "evaluate_scores",
    "in_population",
    "judge_ranker",
    "judge_scores",
    "kendall_tau",
    "label_gains",
    "load_labels",
    "load_nats",
    "make_labels",
    "ndcg",
    "noise_of_equals",
    "noise_of_repeats",
    "population_note",
    "random_ndcg",
    "ranker_scores",
    "ranking_order",
    "regret",
    "require_varied",
    "seen_in_training",
    "size_scores",
    "sized_dataset",
    "spearman",
    "top1",
    "top_precision",
    "top_share_tau",
    "without",
]
