"""What is computed of an untrained network: batch, weights, shared passes, scores of the proxies."""
