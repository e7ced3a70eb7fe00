"""What is said of refused events."""

from dataclasses import replace

import pytest

from tocsin.core.message import Fields
from tocsin.notifications.quota import EXAMPLE, RefusedKey, render


@pytest.mark.parametrize(
    ("counts", "title"),
    [((1_204, 12), "1,216 events of shop were refused"), ((1,), "1 event of shop was refused")],
)
def test_it_says_how_many_were_refused(counts, title):
    keys = tuple(RefusedKey("Default", count, 100, 60) for count in counts)

    assert render(replace(EXAMPLE, keys=keys)).title == title


def test_each_key_stands_there_with_its_limit():
    (fields,) = (one for one in render(EXAMPLE).blocks if isinstance(one, Fields))

    assert fields.items == (
        ("Default", "1,204 refused; the limit is 100 events in 60 seconds"),
        ("Worker", "12 refused; the limit is 10 events in 1 second"),
    )


def test_it_leads_to_the_projects_keys():
    assert render(EXAMPLE).actions[0].url == EXAMPLE.project_url
