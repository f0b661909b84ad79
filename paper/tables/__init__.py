"""One module per table: ``NAME``, ``TITLE`` and ``make(bench, out) -> Result``; tables 1, 6 and 7 are one."""
