"""From the spool to the digest: a body that fails stops no other, and a database that fails loses none."""

import sqlite3
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from tests.builders import NOW
from tests.pipeline.spooling import a_payload, accepted, an_id
from tests.refusing import refuse
from tocsin.engine.spool import SpoolReader, append_one
from tocsin.pipeline import spooled
from tocsin.pipeline.spooled import Done, digest_some
from tocsin.store.models import Event, EventSeen, Issue, Notification, RejectedBody
from tocsin.store.writes.founding import Founded, found


@pytest.fixture
def spool(tmp_path: Path):
    return tmp_path / "spool.sqlite3"


@pytest.fixture
def reader(spool: Path):
    reader = SpoolReader(spool)
    yield reader
    reader.close()


@pytest.fixture
def shop(database_file) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def spools(spool: Path, project_id: int, *payloads) -> None:
    for payload in payloads:
        append_one(spool, *accepted(project_id, payload)[1:])


def left(reader: SpoolReader) -> int:
    return len(reader.read(0, 10_000, 1 << 30))


def poison(event_id: str) -> None:
    """Makes the database refuse one event, as a bug in a statement would."""
    refuse("store_eventseen", "poison", f"NEW.event_id = '{event_id}'")


def test_what_was_spooled_is_digested_and_forgotten(shop, spool, reader):
    spools(spool, shop.project.pk, a_payload(1), a_payload(2))

    done = digest_some(reader)

    assert (done.bodies, done.deliveries) == (2, 1)
    assert Issue.objects.get().times_seen == 2
    assert left(reader) == 0


def test_an_empty_spool_is_nothing_to_do(shop, reader):
    assert digest_some(reader) == Done()


def test_a_long_spool_is_digested_batch_by_batch(shop, spool, reader):
    spools(spool, shop.project.pk, *[a_payload(number) for number in range(1, spooled.BATCH + 4)])

    assert [digest_some(reader).bodies, digest_some(reader).bodies, digest_some(reader).bodies] == [
        spooled.BATCH,
        3,
        0,
    ]
    assert Issue.objects.get().times_seen == spooled.BATCH + 3


def test_one_poisonous_body_among_a_hundred_is_set_aside_and_the_others_are_digested(shop, spool, reader, caplog):
    spools(spool, shop.project.pk, *[a_payload(number) for number in range(1, 101)])
    poison(an_id(42))

    digest_some(reader)

    assert Issue.objects.get().times_seen == 99
    rejected = RejectedBody.objects.get()
    assert "poison" in rejected.reason
    assert an_id(42).encode() in bytes(rejected.body)
    assert left(reader) == 0
    assert "set aside" in caplog.text


def test_a_batch_that_is_poison_alone_is_set_aside(shop, spool, reader, caplog):
    spools(spool, shop.project.pk, a_payload(1))
    poison(an_id(1))

    assert digest_some(reader) == Done(1, 0)
    assert left(reader) == 0
    assert RejectedBody.objects.count() == 1


def test_after_poison_the_next_batch_is_digested(shop, spool, reader, caplog):
    spools(spool, shop.project.pk, a_payload(1))
    poison(an_id(1))
    digest_some(reader)
    spools(spool, shop.project.pk, a_payload(2))

    digest_some(reader)

    assert Issue.objects.get().times_seen == 1


@pytest.mark.sqlite
def test_a_locked_database_leaves_the_batch_where_it_is(shop, spool, reader):
    spools(spool, shop.project.pk, a_payload(1))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"):
        digest_some(reader)

    assert left(reader) == 1
    other.execute("ROLLBACK")
    other.close()
    assert digest_some(reader).bodies == 1
    assert Issue.objects.get().times_seen == 1


@pytest.mark.sqlite
def test_a_full_disk_leaves_the_batch_where_it_is(shop, spool, reader):
    spools(spool, shop.project.pk, *[a_payload(number, extra={"a": "x" * 20_000}) for number in range(1, 60)])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(OperationalError, match="full"):
        digest_some(reader)

    assert left(reader) == 59
    assert not EventSeen.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    assert digest_some(reader).bodies == 59
    assert not RejectedBody.objects.exists()


def test_a_crash_between_the_commit_and_forgetting_counts_nothing_twice(shop, spool, reader):
    spools(spool, shop.project.pk, a_payload(1), a_payload(2))
    kept = reader.forget
    reader.forget = lambda up_to: None
    digest_some(reader)
    reader.forget = kept

    assert digest_some(reader) == Done(2, 0)

    assert Issue.objects.get().times_seen == 2
    assert Notification.objects.count() == 1
    assert left(reader) == 0


def test_a_crash_in_the_middle_of_a_poisonous_batch_counts_nothing_twice(shop, spool, reader, caplog):
    spools(spool, shop.project.pk, *[a_payload(number) for number in range(1, 11)])
    poison(an_id(3))
    reader.forget = lambda up_to: None
    digest_some(reader)
    EventSeen.objects.all().delete()  # so that only the position can tell

    digest_some(reader)

    assert Issue.objects.get().times_seen == 9
    assert RejectedBody.objects.count() == 1


def test_a_new_spool_file_is_read_from_its_beginning(shop, tmp_path):
    """The folder was restored, or the file was lost: ids start again, and nothing may be skipped for it."""
    for name, number in (("one", 1), ("two", 2)):
        spools(tmp_path / name, shop.project.pk, a_payload(number))
        reader = SpoolReader(tmp_path / name)
        digest_some(reader)
        reader.close()

    assert Issue.objects.get().times_seen == 2


def test_events_of_a_project_deleted_meanwhile_do_not_stay_in_the_spool(shop, spool, reader):
    spools(spool, shop.project.pk, a_payload(1))
    shop.project.delete()

    digest_some(reader)

    assert left(reader) == 0
    assert not Event.objects.exists()
