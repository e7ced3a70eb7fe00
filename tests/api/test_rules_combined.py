"""All alert rules of an organization in one list."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_project, a_world
from tocsin.store.models import Rule

pytestmark = pytest.mark.django_db

RULES = "/organizations/acme/combined-rules/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    """With a rule of the shop, one of the till, one of both, and one of another organization."""
    till = a_project(world.organization, slug="till")
    other = a_world("other", "theirs", "eve@example.com")
    for label, home in (
        ("Shop", {"project": world.project}),
        ("Till", {"project": till}),
        ("All", {"organization": world.organization}),
        ("Theirs", {"project": other.project}),
        ("Their all", {"organization": other.organization}),
    ):
        Rule.objects.create(label=label, data={}, date_added=NOW, **home)
    return a_caller(world.user, world.organization)


def names(answer) -> list[str]:
    return [one["name"] for one in answer.json]


def test_it_has_the_rules_of_each_project_and_of_all_with_their_type(caller):
    found = caller.get(RULES)

    assert names(found) == ["Shop", "Till", "All"]
    assert [one["projects"] for one in found.json] == [["shop"], ["till"], []]
    assert {one["type"] for one in found.json} == {"rule"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("project=shop", ["Shop", "All"]),
        ("project=shop&project=till", ["Shop", "Till", "All"]),
        ("project=theirs", ["All"]),
        ("name=IL", ["Till"]),
        ("name=x", []),
    ],
)
def test_it_is_narrowed(caller, query, found):
    assert names(caller.get(f"{RULES}?{query}")) == found


def test_it_is_paged(caller):
    first = caller.get(f"{RULES}?per_page=2")
    second = caller.get(f"{RULES}?per_page=2&cursor=0:2:0")

    assert (names(first), names(second)) == (["Shop", "Till"], ["All"])
    assert 'rel="next"; results="true"; cursor="0:2:0"' in first.headers["Link"]


@pytest.mark.parametrize("query", ["per_page=0", "per_page=101", "cursor=x", "cursor=0:-2:0"])
def test_a_page_that_makes_no_sense_is_400(caller, query):
    assert caller.get(f"{RULES}?{query}").status == 400


def test_billing_reads_none(world):
    user = a_member(world.organization, email="bill@example.com", role="billing")

    assert a_caller(user, world.organization).get(RULES).status == 403
