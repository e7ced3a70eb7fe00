"""Which page of this instance an address leads to."""

import pytest

from tocsin.core.own_links import DeliveryPage, IssuePage, RulePage, page_at

BASE = "https://alerts.example.org"
EVENT = "9ac4b5e1f0a34b6e8d1c2b3a4f5e6d7c"
ISSUE = IssuePage("acme", 12)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        pytest.param("/acme/issues/12/", ISSUE, id="an issue"),
        pytest.param("/acme/issues/12", ISSUE, id="without the last slash, which the pages add"),
        pytest.param(f"/acme/issues/12/?event={EVENT}", IssuePage("acme", 12, EVENT), id="one event of it"),
        pytest.param(f"/acme/issues/12/?x=1&event={EVENT}", IssuePage("acme", 12, EVENT), id="among other words"),
        pytest.param("/acme/issues/12/?event=latest", ISSUE, id="an event that is none is the latest"),
        pytest.param("/acme/issues/12/#activity", ISSUE, id="a place on the page"),
        pytest.param("/acme/issues/12/?" + "&".join("x" * 30), ISSUE, id="more words than anybody needs"),
        pytest.param("/acme/%69ssues/1%32/", ISSUE, id="percent-encoded"),
        pytest.param("/acme%2Fissues/12/", ISSUE, id="a slash too, as the pages take it"),
        pytest.param("/acme/projects/shop/rules/3/", RulePage("acme", 3, "shop"), id="a rule"),
        pytest.param("/acme/projects/shop/rules/3/edit/", RulePage("acme", 3, "shop"), id="in its editor"),
        pytest.param("/acme/projects/shop/rules/3", RulePage("acme", 3, "shop"), id="without its last slash"),
        pytest.param("/acme/rules/3/", RulePage("acme", 3), id="a rule of all projects"),
        pytest.param("/acme/deliveries/7/", DeliveryPage("acme", 7), id="a delivery"),
    ],
)
def test_a_page_that_has_a_preview_is_known(path, page):
    assert page_at(BASE + path, BASE) == page


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/acme/issues/",
        "/acme/issues/0/",
        "/acme/issues/012/",
        "/acme/issues/-1/",
        "/acme/issues/१२/",
        "/acme/issues/9999999999999999999/",
        "/acme/issues/12/change/",
        "/acme/issues/12//",
        "//acme/issues/12/",
        "/ac me/issues/12/",
        "/a%C3%A4/issues/12/",
        "/%ff/issues/12/",
        "/acme/projects/shop/rules/new/",
        "/acme/members/",
        "/inbox/3/",
    ],
)
def test_any_other_page_is_none_of_them(path):
    assert page_at(BASE + path, BASE) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://alerts.example.org/acme/issues/12/",
        "HTTPS://Alerts.Example.ORG/acme/issues/12/",
        "https://alerts.example.org:443/acme/issues/12/",
        "http://alerts.example.org:80/acme/issues/12/",
    ],
)
def test_the_instance_may_be_spelt_in_any_way(address):
    assert page_at(address, BASE) == ISSUE


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/acme/issues/12/",
        "https://alerts.example.org.evil.example/acme/issues/12/",
        "https://alerts.example.org@evil.example/acme/issues/12/",
        "https://ana:secret@alerts.example.org/acme/issues/12/",
        "https://evil.example/?https://alerts.example.org/acme/issues/12/",
        "https://alerts.example.org:8443/acme/issues/12/",
        "https://alerts.example.org:80/acme/issues/12/",
        "ftp://alerts.example.org/acme/issues/12/",
        "javascript:alert(1)",
        "//alerts.example.org/acme/issues/12/",
        "/acme/issues/12/",
        "https://[/acme/issues/12/",
        "https://alerts.example.org:port/acme/issues/12/",
        "not an address",
        "https://alerts.example.org/acme/issues/12/?" + "x" * 3_000,
    ],
)
def test_what_is_no_address_of_this_instance_is_left(address):
    assert page_at(address, BASE) is None


def test_an_instance_at_another_port_is_another():
    assert page_at("http://localhost:8000/acme/issues/12/", "http://localhost:8000") == ISSUE
    assert page_at("http://localhost/acme/issues/12/", "http://localhost:8000") is None


def test_an_instance_below_a_path_is_only_there():
    assert page_at("https://example.org/tocsin/acme/issues/12/", "https://example.org/tocsin/") == ISSUE
    assert page_at("https://example.org/acme/issues/12/", "https://example.org/tocsin") is None
