"""The shipped benchmark: NAS-Bench-201 cells trained on scikit-learn's digits, made hard by noise."""
