"""Whether the internet can call an address."""

import pytest

from tocsin.core.outside import unreachable


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "https://localhost",
        "https://tocsin.localhost:8443",
        "https://10.1.2.3",
        "https://[::1]",
        "https://alerts",
        "https://alerts.internal",
        "https://nas.local",
    ],
)
def test_what_is_inside_is_not_reached(url):
    assert unreachable(url, "Slack").startswith(f"Slack cannot reach {url}")


def test_what_is_not_encrypted_is_not_called():
    assert unreachable("http://alerts.example.org", "Slack").startswith("Slack calls https addresses only")


@pytest.mark.parametrize(
    "url", ["https://alerts.example.org", "https://alerts.example.org:8443", "https://8.8.8.8"]
)
def test_nothing_speaks_against_an_address_of_the_internet(url):
    assert not unreachable(url, "Slack")
