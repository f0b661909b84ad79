"""Samplers and pruners by the names that people give them; nothing of Optuna is loaded for the names."""

SAMPLERS = ("tpe", "random", "gp", "nsga2")
"""Tree-structured Parzen estimator; uniform draws; Gaussian process; NSGA-II."""
PRUNERS = ("wilcoxon", "median", "halving", "none")
"""Signed-rank test over the folds; worse than the median; successive halving; none."""
