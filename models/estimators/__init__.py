"""Rankers: scikit-learn estimators on feature arrays, one a file."""
