"""What several rankers are made of: targets, kernels, rank maps, standardisation, storage of arrays."""
