"""What every layer needs: errors, atomic files, tables, seeds, threads and progress."""
