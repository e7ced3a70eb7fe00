"""The pages in a real browser on the real server, from the first sign-in to a regression that is told."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.browsing import OVER, PHONE, Visit, a_browser, a_visit
from tests.journeys.instance import Instance, Received, copied, report, slack, tell_slack

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium")]

PASSWORD = "three unrelated words"
WITHOUT_JAVASCRIPT = {"java_script_enabled": False}
PAGES = [
    "/sign-in/",
    "/acme/issues/",
    "/acme/issues/1/",
    "/acme/projects/shop/",
    "/acme/projects/shop/rules/",
    "/acme/projects/shop/rules/1/",
    "/acme/projects/shop/rules/1/edit/",
    "/acme/projects/shop/rules/new/",
    "/acme/rules/",
    "/acme/rules/new/",
    "/acme/deliveries/",
    "/acme/deliveries/1/",
    "/acme/deliveries/2/",
    "/acme/deliveries/3/",
    "/acme/outbox/",
    "/acme/outbox/1/",
    "/acme/integrations/",
    "/acme/integrations/1/",
    "/acme/integrations/email/new/",
    "/inbox/",
    "/settings/notifications/",
    "/settings/account/",
    "/-/design",
    "/acme/nowhere/",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as started:
        yield started


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Instance, dict[str, str]]:
    """acme with its shop, not running; each test works on a copy."""
    instance = Instance(tmp_path_factory.mktemp("founded") / "data")
    said = instance.run(
        "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
    )
    return instance, json.loads(said)


class Shop(NamedTuple):
    """acme's shop, running: its data, what `init` said, what Slack is sent and what it answers (empty: ok)."""

    instance: Instance
    said: dict[str, str]
    posts: Received
    answer: dict[str, Any]


@pytest.fixture
def shop(founded: tuple[Instance, dict[str, str]], tmp_path: Path) -> Iterator[Shop]:
    """A running instance with a Slack to connect and no mail server."""
    posts, answer = Received(), {}
    with slack(posts, answer) as api:
        instance, said = copied(*founded, tmp_path / "data", TOCSIN_SLACK_API_URL=api)
        with instance.up():
            yield Shop(instance, said, posts, answer)


@pytest.fixture
def visit(shop: Shop, browser: Browser) -> Iterator[Visit]:
    """The owner, signed in. No page of any test may ask another host or complain in the console."""
    with a_visit(browser, shop.instance) as visit:
        sign_in(visit, shop)
        yield visit
    assert visit.strangers == []
    assert visit.complaints == []


@pytest.fixture
def plain(shop: Shop, browser: Browser) -> Iterator[Visit]:
    """The owner, signed in with JavaScript switched off."""
    with a_visit(browser, shop.instance, **WITHOUT_JAVASCRIPT) as visit:
        sign_in(visit, shop)
        yield visit


def sign_in(visit: Visit, shop: Shop) -> None:
    visit.open(shop.said["sign_in_url"])
    visit.press("Sign in")


def test_the_link_of_the_first_start_signs_in_once(tmp_path, browser):
    instance = Instance(tmp_path / "data")
    with instance.up(), a_visit(browser, instance) as visit:
        link = re.search(r"http\S+/sign-in/link/\S+", instance.said)[0]
        visit.open(link)  # as a mail scanner or a chat's preview does, before the person
        page = visit.open(link)
        expect(page.get_by_text("This link signs in admin@localhost, once.")).to_be_visible()
        visit.press("Sign in")
        page.wait_for_url("**/main/projects/app/")
        visit.press("Sign out")

        visit.open(link)

        expect(page.get_by_role("heading", name="This link has been used")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in")).to_have_count(0)


def test_a_chosen_password_signs_in_after_signing_out(visit):
    page = visit.open("/settings/account/")
    visit.fill(New_password=PASSWORD)
    visit.press("Choose password")
    visit.press("Sign out")

    visit.open("/acme/deliveries/")
    visit.fill(**{"E-mail": "me@example.com", "Password": PASSWORD})
    visit.press("Sign in")

    expect(page).to_have_url(f"{visit.instance.url}/acme/deliveries/")


def test_a_product_with_nothing_connected_says_so_and_where_messages_wait(visit):
    for path in ("/", "/acme/deliveries/"):
        page = visit.open(path)

        note = page.get_by_role("note").filter(has_text="No mail server and no chat workspace is connected")
        expect(note.get_by_role("link", name="outbox")).to_have_attribute("href", "/acme/outbox/")
        expect(note.get_by_role("link", name="Connect a service")).to_be_visible()


def test_a_test_error_walks_before_ones_eyes_to_each_recipient_and_says_what_stops_it(visit):
    visit.open("/acme/projects/shop/")

    visit.press("Send a test error")

    expect(visit.page.get_by_text(OVER)).to_be_visible()
    assert steps(visit) == [
        ("Accepted", "done"),
        ("Digested into SHOP-1", "done"),
        ("Alert rule “Send a notification for high priority issues” fired", "done"),
        ("1 person", "done"),
        ("E-mail to me@example.com", "held back"),
        ("Inbox of me@example.com", "done"),
    ]
    hint = "To be told there, set TOCSIN_EMAIL_URL or connect it under Integrations"
    expect(visit.page.get_by_text(hint)).to_be_visible()


def test_an_issue_shows_where_it_failed_and_who_was_told_and_why(visit):
    send_a_test_error(visit)

    visit.page.get_by_role("link", name="Digested into SHOP-1").click()

    page = visit.page
    expect(page.locator("#event")).to_contain_text('raise TestError(f"Nothing is wrong')
    told = page.locator("#told")
    expect(told.get_by_role("heading")).to_have_text("Who was told, and why")
    expect(told).to_contain_text("nobody owns the issue, and the rule then tells the 20 most recently active")
    expect(state_of(told, "E-mail")).to_have_text("Suppressed")
    expect(state_of(told, "Inbox")).to_have_text("Sent")


def test_slack_is_connected_by_a_form_and_its_test_shows_that_it_took_the_message(visit, shop):
    connect_slack(visit)

    try_slack(visit, "#ops")

    [post] = shop.posts.wait_for(1)
    expect(visit.page.locator("#test")).to_contain_text("Slack took the message.")
    assert post["channel"] == "#ops"


def test_the_test_shows_slacks_own_words_when_it_refuses(visit, shop):
    connect_slack(visit)
    shop.answer.update(ok=False, error="token_revoked")

    try_slack(visit, "#nowhere")

    expect(visit.page.locator("#test")).to_contain_text("Slack refused the message: token_revoked.")
    expect(visit.page.locator("#test")).to_contain_text("Enter a working bot token")


def test_the_test_says_at_its_field_that_there_is_no_such_channel(visit, shop):
    connect_slack(visit)
    shop.answer.update(ok=False, error="channel_not_found")

    try_slack(visit, "#nowhere")

    expect(visit.page.locator("#test")).to_contain_text("invite the app there with /invite")
    expect(visit.page.get_by_label("Channel", exact=True)).to_have_attribute("aria-invalid", "true")


def test_a_token_that_slack_refuses_is_not_saved(visit, shop):
    shop.answer.update(ok=False, error="invalid_auth")

    connect_slack(visit)

    expect(visit.page.get_by_role("alert").filter(has_text="Slack refused")).to_contain_text("invalid_auth")
    visit.open("/acme/integrations/")
    expect(visit.page.get_by_role("heading", name="Connected", exact=True)).to_have_count(0)


def test_a_mail_that_could_not_leave_is_read_in_the_outbox_as_it_would_look(visit):
    send_a_test_error(visit)
    page = visit.open("/acme/outbox/")

    page.get_by_role("link", name=re.compile("SHOP-1|TestError")).first.click()

    mail = page.frame_locator("iframe.letter-page")
    expect(page.locator(".letter-head")).to_contain_text("SHOP-1 - TestError: Nothing is wrong")
    expect(mail.locator("body")).to_contain_text("TestError: Nothing is wrong, this is a test")
    expect(mail.get_by_role("link", name=re.compile("SHOP-1|View|Open")).first).to_be_visible()


def test_a_delivery_that_failed_is_replayed_once_the_service_is_back(visit, shop):
    tell_slack(shop.instance, shop.said, "first_seen_event.FirstSeenEventCondition")
    shop.answer.update(ok=False, error="channel_not_found")
    send_a_test_error(visit)
    page = visit.open("/acme/deliveries/?state=failed")
    page.locator(".delivery").filter(has_text="#ops").get_by_role("link").click()
    expect(page.locator("#attempts tbody tr")).to_have_count(1)
    expect(page.locator("#attempts")).to_contain_text("channel_not_found")
    shop.answer.clear()

    visit.press("Replay")

    shop.posts.wait_for(2)
    visit.refresh_until("Sent")
    expect(page.locator(".lede .state")).to_have_text("Sent")
    expect(page.locator("#attempts tbody tr")).to_have_count(3)  # two tries, and who replayed it between them


def test_a_rule_is_made_by_clicking_mended_where_it_is_wrong_previewed_saved_and_copied(visit):
    send_a_test_error(visit)
    page = visit.open("/acme/projects/shop/rules/")
    page.get_by_role("link", name="New rule").click()
    previewed = page.locator("#previewed")
    expect(previewed).to_contain_text("1 firing")

    page.get_by_label("Name of the rule").fill("Customers")
    page.locator("summary", has_text="Add a filter").click()
    visit.press("The event's tag …")
    expect(previewed).to_contain_text("Filter 1: Tag is required.")
    visit.press("Make the rule")

    tag = page.locator("[name='filters.0.key']")
    expect(tag).to_be_focused()
    expect(page.locator("[id='filters.0']")).to_contain_text("Tag is required.")
    expect(page.get_by_label("Name of the rule")).to_have_value("Customers")

    tag.fill("customer")
    page.locator("[name='filters.0.value']").fill("nobody")
    expect(previewed).to_contain_text("0 firings")
    page.locator("[name='filters.0.match']").select_option("does not contain")
    expect(previewed).to_contain_text("1 firing")
    visit.press("Make the rule")

    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    page.get_by_role("link", name="Duplicate").click()
    expect(page.get_by_label("Name of the rule")).to_have_value("Customers (copy)")
    visit.press("Make the rule")
    expect(page.get_by_text("“Customers” does exactly the same already")).to_be_visible()
    page.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()


def test_leaving_the_editor_asks_only_when_something_would_be_lost(visit):
    page = visit.open("/acme/projects/shop/rules/new/")
    asked: list[str] = []
    page.on("dialog", lambda one: (asked.append(one.type), one.accept()))

    page.get_by_label("Days", exact=True).select_option("1")
    visit.open("/acme/projects/shop/rules/")
    assert not asked

    visit.open("/acme/projects/shop/rules/new/")
    page.get_by_text("Add a filter", exact=True).click()
    page.get_by_role("button", name="The event's tag …").click()
    expect(page.get_by_role("textbox", name="Tag", exact=True)).to_be_visible()
    visit.open("/acme/projects/shop/rules/")
    assert asked == ["beforeunload"]

    visit.open("/acme/projects/shop/rules/new/")
    visit.press("Make the rule")
    expect(page.get_by_text("Give the rule a name.")).to_be_visible()
    assert asked == ["beforeunload"]
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/acme/projects/shop/rules/")
    assert asked == ["beforeunload", "beforeunload"]

    visit.open("/acme/projects/shop/rules/new/")
    page.get_by_label("Name of the rule").fill("Kept")
    visit.press("Make the rule")
    expect(page.get_by_text("“Kept” is saved.")).to_be_visible()
    assert asked == ["beforeunload", "beforeunload"]


def test_without_javascript_the_editor_loses_nothing(plain):
    page = plain.open("/acme/projects/shop/rules/new/")
    page.get_by_label("Name of the rule").fill("Plain")
    page.locator("summary", has_text="Add a condition").click()
    plain.press("The issue happens often")
    page.locator("[name='conditions.1.value']").fill("5")
    page.locator("[id='conditions.0']").get_by_role("button", name="Remove this line").click()
    expect(page.locator("[name='conditions.0.value']")).to_have_value("5")
    plain.press("Preview")
    expect(page.locator("#previewed")).to_contain_text("0 firings")
    plain.press("Make the rule")

    expect(page.get_by_role("heading", name="Plain")).to_be_visible()


def test_an_issue_that_comes_back_after_it_was_resolved_is_a_regression_that_is_told(visit, shop):
    tell_slack(shop.instance, shop.said, "regression_event.RegressionEventCondition")
    report(shop.said["dsn"])
    page = visit.open("/acme/issues/")
    visit.refresh_until("Failure0")
    page.get_by_role("link", name=re.compile("Failure0")).click()
    visit.press("Resolve")
    expect(page.get_by_text("Resolved", exact=True)).to_be_visible()

    report(shop.said["dsn"])

    [post] = shop.posts.wait_for(1)
    assert "SHOP-1" in json.dumps(post)
    visit.refresh_until("SHOP-1 came back in 1.4.2")
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()
    expect(page.locator("#told")).to_contain_text("Tell #ops")


def test_a_search_finds_what_was_resolved(visit):
    send_a_test_error(visit)
    visit.page.get_by_role("link", name="Digested into SHOP-1").click()
    visit.press("Resolve")
    page = visit.open("/acme/issues/")
    expect(page.get_by_text("SHOP-1", exact=True)).to_have_count(0)

    page.get_by_label("Search issues").fill("is:resolved")
    page.keyboard.press("Enter")

    expect(page.get_by_text("SHOP-1", exact=True)).to_be_visible()


def test_a_person_who_switches_mail_off_for_a_project_is_no_longer_mailed_about_it(visit):
    page = visit.open("/settings/notifications/")
    page.get_by_label("What reaches you").select_option(label="shop")
    page.get_by_label("Alerts, E-mail").select_option("never")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    send_a_test_error(visit)

    expect(visit.page.locator("#walk")).to_contain_text("their preference switches this service off")
    visit.page.get_by_role("link", name="Digested into SHOP-1").click()
    expect(state_of(visit.page.locator("#told"), "E-mail")).to_have_text("Suppressed")


def test_no_page_is_wider_than_a_phone(visit, shop):
    fill_every_page(visit, shop)
    visit.page.set_viewport_size(PHONE)

    widths = {path: visit.open(path).evaluate("document.documentElement.scrollWidth") for path in PAGES}

    assert {path: width for path, width in widths.items() if width > PHONE["width"]} == {}


def test_every_page_answers_and_has_a_title_and_one_main_heading(visit, shop):
    fill_every_page(visit, shop)

    headings = {path: visit.open(path).locator("h1").count() for path in PAGES}

    assert headings == dict.fromkeys(PAGES, 1)


def test_signing_in_works_without_javascript(plain):
    plain.open("/")

    expect(plain.page.get_by_role("button", name="Send a test error")).to_be_visible()


def test_a_test_error_can_be_sent_and_followed_without_javascript(plain):
    plain.press("Send a test error")

    plain.refresh_until(OVER)
    assert ("Inbox of me@example.com", "done") in steps(plain)


def test_an_issue_can_be_resolved_without_javascript(plain):
    plain.press("Send a test error")
    plain.refresh_until(OVER)
    plain.page.get_by_role("link", name="Digested into SHOP-1").click()

    plain.press("Resolve")

    expect(plain.page.get_by_text("Resolved", exact=True)).to_be_visible()


def test_a_preference_can_be_set_without_javascript(plain):
    page = plain.open("/settings/notifications/")
    page.get_by_label("What reaches you").select_option(label="shop")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Alerts, E-mail").select_option("never")

    page.locator("#matrix").get_by_role("button", name="Save").click()

    expect(page.get_by_label("Alerts, E-mail")).to_have_value("never")


def test_a_page_is_dark_on_a_dark_screen(shop, browser):
    with a_visit(browser, shop.instance, color_scheme="dark") as visit:
        sign_in(visit, shop)
        expect(visit.page.get_by_role("heading", name="shop")).to_be_visible()
        background = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")

    red, green, blue = (int(part) for part in re.findall(r"\d+", background)[:3])
    assert max(red, green, blue) < 64


def steps(visit: Visit) -> list[tuple[str, str]]:
    """The walk's steps with how each stands, as a screen reader reads them."""
    rows = visit.page.locator("#walk > .steps > li")
    titles = [row.locator("div").first.inner_text().splitlines()[0] for row in rows.all()]
    standings = [row.locator(".hidden").first.text_content() or "" for row in rows.all()]
    return [(title.strip(), how.strip(": \n")) for title, how in zip(titles, standings, strict=True)]


def send_a_test_error(visit: Visit) -> None:
    visit.open("/acme/projects/shop/")
    visit.press("Send a test error")
    expect(visit.page.get_by_text(OVER)).to_be_visible()


def state_of(told: Locator, service: str) -> Locator:
    """The state of the delivery over one service, in an issue's panel."""
    return told.locator(".arrows li").filter(has_text=service).locator(".state")


def connect_slack(visit: Visit) -> None:
    visit.open("/acme/integrations/")
    visit.page.get_by_role("link", name="Connect Slack").click()
    visit.fill(Bot_token="xoxb-1-secret")
    visit.press("Connect")


def try_slack(visit: Visit, channel: str) -> None:
    visit.page.get_by_label("Channel", exact=True).fill(channel)
    visit.press("Send a test")


def fill_every_page(visit: Visit, shop: Shop) -> None:
    """A test error, told in a channel, in a mail that could not leave and in the inbox."""
    tell_slack(shop.instance, shop.said, "first_seen_event.FirstSeenEventCondition")
    send_a_test_error(visit)
