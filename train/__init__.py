"""Splits, fits and the benchmarks that are trained here."""
