import pytest

from tocsin.core.dsn import dsn


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param("http://127.0.0.1:8000", "http://k@127.0.0.1:8000/7", id="the port stays"),
        pytest.param("https://alerts.example.org/", "https://k@alerts.example.org/7", id="one slash before the id"),
        pytest.param("https://example.org/tocsin", "https://k@example.org/tocsin/7", id="the path stays"),
    ],
)
def test_a_dsn_holds_the_key_before_the_host_and_the_project_last(base, expected):
    assert dsn(base, "k", 7) == expected
