"""The settings of an installation of several nodes: its database and its broker."""

from pathlib import Path

import pytest

from tocsin.ops.database import database
from tocsin.ops.settings import Settings, SettingsError, load

POSTGRESQL = "postgres://tocsin@db.example/tocsin"


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    for name in ("TOCSIN_DATABASE_URL", "TOCSIN_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    load.cache_clear()
    yield
    load.cache_clear()


def settings(monkeypatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"TOCSIN_{name.upper()}", value)
    return load()


def test_without_a_url_the_database_is_a_file_in_the_data_folder(monkeypatch):
    found = database(settings(monkeypatch, data="/srv/tocsin"))

    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", Path("/srv/tocsin/tocsin.sqlite3"))


def test_a_url_names_a_postgresql(monkeypatch):
    url = "postgres://to%40csin:p%2Fw@db.example:6432/alerts?sslmode=require"
    found = database(settings(monkeypatch, database_url=url))

    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "alerts",
        "USER": "to@csin",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": 6432,
    }
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_socket_is_named_as_libpq_names_it(monkeypatch):
    found = database(settings(monkeypatch, database_url="postgres:///alerts?host=/run/postgresql"))

    assert (found["HOST"], found["NAME"]) == ("/run/postgresql", "alerts")


def test_a_statement_that_never_ends_is_ended(monkeypatch):
    found = database(settings(monkeypatch, database_url=POSTGRESQL))

    assert "statement_timeout=30000" in found["OPTIONS"]["options"]


@pytest.mark.parametrize("broker", ["amqp://guest:guest@mq.example:5672/", "redis://mq.example:6379/0"])
def test_rabbitmq_and_redis_are_brokers(monkeypatch, broker):
    assert settings(monkeypatch, database_url=POSTGRESQL, broker_url=broker).broker_url == broker


@pytest.mark.parametrize(
    "url", ["mysql://db/tocsin", "postgres://db.example", "postgres://db:port/tocsin", "tocsin"]
)
def test_a_database_that_is_no_postgresql_is_refused_in_one_line(monkeypatch, url):
    with pytest.raises(SettingsError, match=r"^TOCSIN_DATABASE_URL must look like postgres://") as refused:
        settings(monkeypatch, database_url=url)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", ["kafka://mq.example", "amqp://", "mq.example"])
def test_a_broker_that_is_none_is_refused_in_one_line(monkeypatch, url):
    with pytest.raises(SettingsError, match=r"^TOCSIN_BROKER_URL must look like amqp://"):
        settings(monkeypatch, database_url=POSTGRESQL, broker_url=url)


def test_a_broker_without_a_database_that_all_reach_is_refused(monkeypatch):
    with pytest.raises(SettingsError, match="TOCSIN_BROKER_URL also needs TOCSIN_DATABASE_URL"):
        settings(monkeypatch, broker_url="redis://mq.example")
