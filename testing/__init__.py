"""Contracts that an extension of this package can check itself by: classes of tests to inherit.

Each module here holds the tests that every implementation of one kind must pass; proxyrank's own pass
them too. They need pytest (``pip install 'proxyrank[testing]'``), which is imported with the module of a
contract, not with this package.
"""
