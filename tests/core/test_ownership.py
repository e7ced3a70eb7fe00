"""Who owns an event (behaviour §4.2, §4.3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.event import Event, EventUser, ExceptionValue, Frame
from tocsin.core.glob import glob
from tocsin.core.ownership import Kind, compile_ownership, owners_of
from tocsin.core.ownership_parse import parse
from tocsin.core.ownership_subjects import MOST_TEXTS


def an_event(*frames: Frame, **fields) -> Event:
    exceptions = (ExceptionValue(type="ValueError", frames=frames),) if frames else ()
    return Event(event_id="a" * 32, timestamp=0.0, exceptions=exceptions, **fields)


CART = Frame(filename="src/shop/cart.py", abs_path="/app/src/shop/cart.py", module="shop.cart", in_app=True)


def owned(event: Event, rules: str, codeowners: str = "") -> list[str]:
    compiled = compile_ownership(parse(rules).rules, parse(codeowners).rules)
    return [str(found.owner) for found in owners_of(compiled, event)]


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ("src/shop/*", True),
        ("SRC/*/CART.PY", True),
        ("path:/app/*", True),
        ("path:cart.py", False),
        ("src\\shop\\*", True),
        ("module:shop.*", True),
        ("module:Shop.Cart", True),
        ("url:*/checkout/*", True),
        ("url:HTTPS://SHOP.TEST/*", True),
        ("tags.customer:gold*", True),
        ("tags.customer:Gold*", False),
        ("tags.Customer:gold-7", True),
        ("tags.absent:*", False),
        ("tags.sentry:release:1.*", False),
        ("tags.release:1.*", True),
        ("tags.sentry.release:1.*", False),
        ("tags.user.email:*@vip.test", True),
        ("tags.user.plan:gold", True),
        ("tags.user.seat:7", True),
        ("codeowners:/src/", True),
        ("codeowners:/app/src/shop", True),
        ("*", True),
        ("src/shop/car[st].py", True),
        ("src/shop/car?.py", True),
    ],
)
def test_a_matcher_looks_at_its_own_part_of_the_event(rule, fits):
    event = an_event(
        CART,
        request_url="https://shop.test/checkout/7",
        tags=(("customer", "gold-7"), ("release", "1.2"), ("user.seat", "7")),
        user=EventUser(email="kim@vip.test", data=(("Plan", "gold"),)),
    )

    assert bool(owned(event, f"{rule} #web")) is fits


def test_the_last_line_that_fits_is_the_strongest():
    assert owned(an_event(CART), "src/* #first\nsrc/shop/* #second\nlib/* #third") == ["#second", "#first"]


def test_ownership_rules_beat_codeowners():
    assert owned(an_event(CART), "src/* #rule", "codeowners:/src/ #file\ncodeowners:*.py #later") == [
        "#rule",
        "#later",
        "#file",
    ]


def test_the_last_owner_of_a_rule_is_the_one_to_tell():
    found = owners_of(compile_ownership(parse("src/* #web ana@example.com").rules), an_event(CART))[0]

    assert (list(map(str, found.owners)), str(found.owner)) == (["#web", "ana@example.com"], "ana@example.com")


def test_a_match_says_its_rule_its_line_its_kind_and_what_it_saw():
    found = owners_of(compile_ownership(parse("\nsrc/shop/* #web").rules), an_event(CART))[0]

    assert (found.text, found.line, found.kind, found.seen) == (
        "path:src/shop/* #web",
        2,
        Kind.OWNERSHIP_RULE,
        "src/shop/cart.py",
    )


def test_codeowners_looks_at_the_applications_own_frames_alone():
    library = Frame(filename="lib/six.py", in_app=False)

    assert owned(an_event(library), "", "codeowners:*.py #web") == []


def test_path_looks_at_every_frame():
    assert owned(an_event(Frame(filename="lib/six.py"), CART), "lib/* #vendor") == ["#vendor"]


def test_frames_of_the_event_itself_count_where_nothing_was_raised():
    event = Event(event_id="a" * 32, timestamp=0.0, frames=(CART,))

    assert owned(event, "src/* #web") == ["#web"]


@pytest.mark.parametrize(
    ("platform", "sdk", "frame", "path"),
    [
        ("java", "", Frame(filename="Cart.java", module="com.shop.Cart$Line"), "com/shop/cart.java"),
        ("kotlin", "", Frame(filename="Cart.kt", module="com.shop.CartKt"), "com/shop/cart.kt"),
        ("java", "", Frame(filename="Cart.java", module="Cart"), "cart.java"),
        (
            "java",
            "",
            Frame(filename="jdk/internal/reflect/GeneratedX.java", module="jdk.internal.reflect.GeneratedX"),
            "jdk/internal/reflect/generatedx.java",
        ),
        ("cocoa", "", Frame(abs_path="/Users/ci/Shop/Cart.swift", package="/x/Shop.app/Shop"), "shop/cart.swift"),
        ("other", "sentry.dart.flutter", Frame(abs_path="package:shop/src/cart.dart"), "shop/src/cart.dart"),
        (
            "javascript",
            "sentry.javascript.react-native",
            Frame(filename="app:///src/cart.tsx", abs_path="app:///src/cart.tsx"),
            "src/cart.tsx",
        ),
    ],
)
def test_some_platforms_name_a_file_beside_a_module_or_a_package(platform, sdk, frame, path):
    assert owned(an_event(frame, platform=platform, sdk=sdk), f"{path} #web") == ["#web"]


def test_no_rules_own_nothing():
    assert owned(an_event(CART), "") == []


def test_an_event_of_endless_paths_is_read_from_its_raise_outwards():
    frames = [Frame(filename=f"f{number}.py") for number in range(2 * MOST_TEXTS)]

    assert owned(an_event(*frames), f"f{2 * MOST_TEXTS - 1}.py #near\nf1.py #far") == ["#near"]


patterns = st.text("ab/.*?", min_size=1, max_size=7)
paths = st.text("ab/.", min_size=1, max_size=7)


@settings(max_examples=examples(500))
@given(st.lists(patterns, max_size=6), st.lists(paths, max_size=4))
def test_the_index_finds_what_trying_every_rule_finds(some, files):
    event = an_event(*(Frame(filename=name) for name in files))
    rules = parse("\n".join(f"path:{pattern} #t{number}" for number, pattern in enumerate(some))).rules

    slowly = [rule for rule in reversed(rules) if any(glob(rule.matcher.pattern).matches(name) for name in files)]
    assert [found.rule for found in owners_of(compile_ownership(rules), event)] == slowly


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("path:*" + "a?" * 125 + "c*", "a" * 500), ("codeowners:" + "a/?/" * 60 + "c/**/b", "a/" * 240 + "c/b")],
)
def test_what_is_made_to_take_long_ends_with_the_weakest_rules(pattern, path):
    """Compared to the end, these 380 rules and 1,000 paths would take minutes."""
    rules = parse("* #weakest\n" + f"{pattern} #slow\n" * 380 + "path:*/c/*7 #strongest\n").rules
    event = an_event(*(Frame(filename=f"{path}/c/{number}", in_app=True) for number in range(1000)))
    found = owners_of(compile_ownership(rules), event)

    assert str(found[0].owner) == "#strongest"
