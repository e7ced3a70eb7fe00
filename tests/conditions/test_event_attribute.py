import json

import pytest
from tests.conditions.asking import NOW, a_rule, ask, facts, in_words, node

from tocsin.core.attributes import NAMES
from tocsin.core.event import Event
from tocsin.core.fields import InvalidFieldsError
from tocsin.formats.event import parse

ATTRIBUTE = "sentry.rules.filters.event_attribute.EventAttributeFilter"
OLD_ATTRIBUTE = "sentry.rules.conditions.event_attribute.EventAttributeCondition"

PAYLOAD = {
    "platform": "cocoa",
    "environment": "staging",
    "logentry": {"formatted": "Checkout failed"},
    "symbolicated_in_app": True,
    "user": {"id": 7, "email": "ana@example.com", "username": "ana", "ip_address": "10.0.0.1"},
    "request": {"url": "https://shop.example/cart", "method": "POST"},
    "sdk": {"name": "sentry.cocoa"},
    "extra": {"cart": {"items": 3, "tea.kind": "green"}, "flag": False},
    "contexts": {
        "response": {"status_code": 502},
        "unreal": {"crash_type": "Assert"},
        "app": {"in_foreground": True},
        "os": {"distribution_name": "ubuntu", "distribution_version": "24.04"},
        "ota_updates": {"channel": "beta", "runtime_version": "1.2", "update_id": "u-1"},
        "device": {
            "screen_density": 2.5,
            "screen_dpi": 440,
            "screen_height_pixels": 2400,
            "screen_width_pixels": 1080,
        },
    },
    "threads": {"values": [{"id": 1, "main": False}, {"id": 2, "main": True}]},
    "exception": {
        "values": [
            {"type": "KeyError", "value": "'sku'"},
            {
                "type": "CartError",
                "value": "no such item",
                "thread_id": 2,
                "mechanism": {"type": "generic", "handled": False},
                "stacktrace": {
                    "frames": [
                        {
                            "module": "shop.cart",
                            "filename": "cart.py",
                            "abs_path": "/app/shop/cart.py",
                            "package": "shop",
                            "pre_context": ["def total():"],
                            "context_line": "  return prices[sku]",
                            "post_context": ["# end"],
                        }
                    ]
                },
            },
        ]
    },
}
VALUES = {
    "message": ["Checkout failed", "CartError: no such item", "KeyError", "no such item"],
    "platform": ["cocoa"],
    "environment": ["staging"],
    "type": ["error"],
    "error.handled": ["false"],
    "error.unhandled": ["true"],
    "error.main_thread": ["true"],
    "exception.type": ["CartError", "KeyError"],
    "exception.value": ["no such item", "'sku'"],
    "user.id": ["7"],
    "user.email": ["ana@example.com"],
    "user.username": ["ana"],
    "user.ip_address": ["10.0.0.1"],
    "http.method": ["POST"],
    "http.url": ["https://shop.example/cart"],
    "http.status_code": ["502"],
    "sdk.name": ["sentry.cocoa"],
    "stacktrace.code": ["return prices[sku]", "def total():", "# end"],
    "stacktrace.module": ["shop.cart"],
    "stacktrace.filename": ["cart.py"],
    "stacktrace.abs_path": ["/app/shop/cart.py"],
    "stacktrace.package": ["shop"],
    "unreal.crash_type": ["Assert"],
    "app.in_foreground": ["true"],
    "os.distribution_name": ["ubuntu"],
    "os.distribution_version": ["24.04"],
    "symbolicated_in_app": ["true"],
    "ota_updates.channel": ["beta"],
    "ota_updates.runtime_version": ["1.2"],
    "ota_updates.update_id": ["u-1"],
    "device.screen_density": ["2.5"],
    "device.screen_dpi": ["440"],
    "device.screen_height_pixels": ["2400"],
    "device.screen_width_pixels": ["1080"],
}


def an_event(**payload) -> Event:
    whole = {**PAYLOAD, **payload}
    given = {name: value for name, value in whole.items() if value is not None}
    return parse(json.dumps(given).encode(), event_id="a" * 32, received=NOW.timestamp())


def holds(event: Event, attribute: str, match: str, value: str = "") -> bool:
    return ask(ATTRIBUTE, facts(event), attribute=attribute, match=match, value=value)


def test_the_table_has_every_attribute():
    assert set(VALUES) == set(NAMES)


@pytest.mark.parametrize(
    ("attribute", "value"), [(name, value) for name, found in VALUES.items() for value in found]
)
def test_an_attribute_has_each_of_its_values(attribute, value):
    assert holds(an_event(), attribute, "eq", value)


@pytest.mark.parametrize("attribute", VALUES)
def test_an_attribute_has_no_other_value(attribute):
    assert not holds(an_event(), attribute, "eq", "something else")


NOTHING = [name for name in NAMES if name not in ("message", "platform", "environment", "type")]


@pytest.mark.parametrize("attribute", NOTHING)
def test_an_event_that_says_nothing_has_no_value(attribute):
    empty = parse(b'{"message": "hello"}', event_id="a" * 32, received=NOW.timestamp())

    assert not holds(empty, attribute, "is")


@pytest.mark.parametrize(
    ("match", "value", "held"),
    [
        ("co", "ARTERR", True),
        ("co", "value", False),
        ("nc", "value", True),
        ("nc", "key", False),
        ("eq", "keyerror", True),
        ("ne", "keyerror", False),
        ("ne", "error", True),
        ("sw", "cart", True),
        ("nsw", "cart", False),
        ("ew", "error", True),
        ("new", "error", False),
        ("in", "TypeError, carterror", True),
        ("nin", "TypeError, carterror", False),
        ("nin", "TypeError", True),
        ("is", "", True),
        ("ns", "", False),
    ],
)
def test_one_value_is_enough_and_with_a_not_none_may_fit(match, value, held):
    assert holds(an_event(), "exception.type", match, value) is held


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("extra.cart.items", "3"),
        ("extra.cart.tea.kind", "green"),
        ("extra.flag", "false"),
        ("tags.environment", "staging"),
    ],
)
def test_extra_data_and_tags_are_asked_for_by_their_path(attribute, value):
    assert holds(an_event(), attribute, "eq", value)


@pytest.mark.parametrize("match", ["eq", "ne", "is", "ns"])
@pytest.mark.parametrize("attribute", ["nonsense", "exception", "stacktrace.lineno", "user", ""])
def test_an_attribute_that_nobody_knows_matches_nothing(attribute, match):
    if attribute:
        assert not holds(an_event(), attribute, match, "x")
    else:
        with pytest.raises(InvalidFieldsError):
            holds(an_event(), attribute, match, "x")


@pytest.mark.parametrize("match", ["eq", "ne"])
@pytest.mark.parametrize("attribute", ["error.handled", "error.unhandled", "error.main_thread"])
def test_a_question_that_the_sdk_left_open_matches_neither_way(attribute, match):
    event = an_event(exception={"values": [{"type": "CartError"}]}, threads=None)

    assert not holds(event, attribute, match, "true")


def test_an_error_is_handled_when_all_its_exceptions_are():
    values = [{"type": "A", "mechanism": {"handled": True}}, {"type": "B", "mechanism": {"handled": False}}]

    assert holds(an_event(exception={"values": values}), "error.handled", "eq", "false")


@pytest.mark.parametrize(
    "payload",
    [
        {"contexts": "none"},
        {"contexts": {"device": [1]}},
        {"exception": {"values": ["x", {"type": "A", "thread_id": [1]}]}},
        {"threads": {"values": [{"id": {}}]}},
        {"exception": {"values": [{"type": "A", "stacktrace": {"frames": [7, {"pre_context": "x"}]}}]}},
        {"extra": [1, 2]},
        {"request": "GET /"},
    ],
)
def test_json_of_another_shape_has_no_values_and_fails_nothing(payload):
    event = an_event(**payload)

    for attribute in (*NAMES, "extra.a.b"):
        assert holds(event, attribute, "eq", "something else") is False


def test_old_clients_names_are_todays():
    old = {"exception": None, "sentry.interfaces.Exception": PAYLOAD["exception"]}

    assert holds(an_event(**old), "stacktrace.code", "co", "prices")


def test_a_comparison_needs_something_to_compare_with():
    with pytest.raises(InvalidFieldsError, match="Value is required"):
        holds(an_event(), "message", "eq")


def test_under_its_old_condition_id_it_stands_among_the_conditions():
    rule = a_rule(conditions=[node(OLD_ATTRIBUTE, attribute="message", match="is")])

    assert (len(rule.conditions), len(rule.filters)) == (1, 0)


def test_it_reads_as_a_sentence():
    words = in_words(ATTRIBUTE, attribute="exception.type", match="ew", value="Error")

    assert words == "The event's exception.type ends with Error"
