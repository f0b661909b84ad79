"""Fisher spectrum of untrained networks (VKDNW). Import its modules; they need torch, this package does not.

`jacobian` (`fisher_jacobian`), `matrix` (`fisher_matrix`), `spectrum` and `vkdnw` (`vkdnw_features`).
"""
