"""Every proxy of the registry passes the contract that the package ships."""

import pytest

from proxyrank.features.proxies import PROXIES
from proxyrank.testing.proxies import ProxyContract


class TestRegistered(ProxyContract):
    @pytest.fixture(params=PROXIES.values(), ids=PROXIES)
    def proxy(self, request):
        return request.param
