"""While the database does not answer, pages and API say so and when to come back."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from tocsin.web.unavailable import Unavailable


def answer(path: str, error: Exception):
    request = RequestFactory().get(path)
    return Unavailable(lambda _: None).process_exception(request, error)


def test_a_person_reads_when_to_try_again():
    page = answer("/acme/issues/", OperationalError("database is locked"))

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "try again in a few seconds" in page.content.decode()


def test_a_program_gets_json():
    said = answer("/api/0/organizations/", OperationalError("database is locked"))

    assert (said.status_code, said.headers["Content-Type"]) == (503, "application/json")


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("x")])
def test_a_bug_stays_a_bug(error):
    assert answer("/acme/issues/", error) is None
