"""Whom a comment speaks to."""

import pytest

from tocsin.core.mentions import MOST, Mentioned, mentioned

PEOPLE = {"ana@example.com": 7, "ana": 7, "anaahn": 7, "ben": 8}
TEAMS = {"web": 7, "web-ops": 9}


@pytest.mark.parametrize(
    ("text", "users", "teams"),
    [
        ("@ana look", (7,), ()),
        ("@Ana, @ben: look", (7, 8), ()),
        ("ask @ana@example.com.", (7,), ()),
        ("ask @anaahn", (7,), ()),
        ("(@ben)", (8,), ()),
        ("mail ana@example.com", (), ()),
        ("@nobody", (), ()),
        ("#web please", (), (7,)),
        ("#web-ops please", (), (9,)),
        ("#42 and shop#web and &#web", (), ()),
        ("https://example.com/#web", (), ()),
        ("@ana @ana #web #web", (7,), (7,)),
        ("", (), ()),
    ],
)
def test_a_text_mentions(text, users, teams):
    assert mentioned(text, PEOPLE, TEAMS) == Mentioned(users, teams)


def test_a_text_of_ten_thousand_mentions_speaks_to_fifty():
    people = {f"p{number}": number for number in range(10_000)}

    found = mentioned(" ".join(f"@p{number}" for number in range(10_000)), people, {})

    assert found.user_ids == tuple(range(MOST))


def test_a_long_text_of_signs_is_read_at_once():
    assert mentioned("@" * 16_384 + "." * 16_384, PEOPLE, TEAMS) == Mentioned()
