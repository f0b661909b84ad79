"""One module a table: ``NAME``, ``TITLE`` and ``make(bench, out) -> Result``."""
