"""What a ranker is given: the rows and columns it needs, the pool, classes of equal networks."""
