"""Mail: one message to one person, that no text can break out of."""

import email
import re
from dataclasses import replace
from email import policy
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.providers.driving import asked, play

from tocsin.core.message import Code, Fields, Item, Link, Listing, Message, Note, Paragraph, Severity
from tocsin.core.people import Person
from tocsin.core.sending import Delivered, Gone, Refused, Reply, Retry
from tocsin.notifications import issue_alert
from tocsin.providers.email import EXAMPLE, personal
from tocsin.providers.email.letter import letter, sender_address
from tocsin.providers.email.page import page
from tocsin.providers.email.send import Address, Settings, send, sender_of

SETTINGS = Settings("smtp://user:hunter2@mail.example.org:587", "Tocsin <alerts@example.org>")


def raw_of(parcel=EXAMPLE, sender="Tocsin <alerts@example.org>"):
    return letter(parcel, sender, "ana@example.org")[1]


def mail_of(parcel=EXAMPLE, **kwargs):
    return email.message_from_bytes(raw_of(parcel, **kwargs), policy=policy.SMTP)


def about(**parts):
    return replace(EXAMPLE, message=replace(EXAMPLE.message, **parts))


def answered(status, words="", stage="data"):
    return play(send(SETTINGS, EXAMPLE), Reply(status, {"stage": stage}, words.encode()))


# — the mail


def test_a_mail_goes_to_one_person_over_the_set_server():
    [mail], outcome = asked(send(SETTINGS, EXAMPLE), Reply(250))

    assert (mail.server, mail.sender, mail.recipient) == (SETTINGS.url, "alerts@example.org", "ana@example.org")
    assert mail_of()["To"] == "ana@example.org"
    assert outcome == Delivered({"message_id": f"<{EXAMPLE.key}@example.org>"})


def test_the_subject_is_the_short_id_and_the_title():
    assert mail_of()["Subject"] == "SHOP-12 - ZeroDivisionError: division by zero"


def test_the_same_parcel_is_the_same_mail_however_often_it_is_tried():
    assert raw_of() == raw_of()


def test_two_deliveries_have_two_message_ids():
    assert mail_of()["Message-ID"] != mail_of(replace(EXAMPLE, key="another"))["Message-ID"]


def test_mails_about_one_issue_answer_one_root_with_one_subject():
    one, other = mail_of(replace(EXAMPLE, key="one")), mail_of(replace(EXAMPLE, key="other"))

    assert one["References"] == one["In-Reply-To"] == other["References"]
    assert one["Subject"] == other["Subject"]


def test_mails_about_two_issues_are_two_conversations():
    assert mail_of()["References"] != mail_of(replace(EXAMPLE, conversation="issue:13"))["References"]


def test_filters_find_the_project_in_the_list_id():
    assert mail_of()["List-Id"] == "<shop.acme.example.org>"


def test_nobodys_absence_note_answers():
    assert mail_of()["Auto-Submitted"] == "auto-generated"


def test_the_date_is_when_it_was_decided():
    assert mail_of()["Date"].datetime == EXAMPLE.at


def test_text_comes_first_then_html():
    mail = mail_of(about(blocks=(Paragraph("the words"),)))

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "the words" in mail.get_body(("plain",)).get_content()
    assert "the words" in mail.get_body(("html",)).get_content()


def test_the_text_half_says_why_and_where_and_all_tags():
    text = mail_of(about(details=(("customer", "gold"),))).get_body(("plain",)).get_content()

    for part in (
        "You are told because",
        "https://tocsin.example/acme/issues/12/",
        "customer: gold",
        "Project shop",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        pytest.param(
            Settings("smtp://mail.example.org", "Ops <ops@example.org>"), "Ops <ops@example.org>", id="as set"
        ),
        pytest.param(
            Settings("smtp://ops%40example.org:x@mail.example.org"), "Tocsin <ops@example.org>", id="account"
        ),
        pytest.param(Settings("smtp://mail.example.org"), "Tocsin <tocsin@localhost>", id="nothing known"),
    ],
)
def test_the_sender_is_the_set_one_or_the_account(given, sender):
    assert sender_of(given) == sender


# — the page


class Markup(HTMLParser):
    """What a mail program would see as tags and as words."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.links = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.words.append(data)


def an_alerts_page(**facts):
    return page(issue_alert.render(replace(issue_alert.EXAMPLE, **facts)), "SHOP-12")


def test_styles_stand_in_the_elements_and_dark_ones_in_the_head():
    html = an_alerts_page()

    head, _, rest = html.partition("<body")
    assert "prefers-color-scheme: dark" in head
    assert 'class="card"' in rest
    assert re.search(r'class="card"[^>]*style="[^"]*max-width: 600px', rest)


def test_nothing_is_loaded_from_elsewhere():
    html = an_alerts_page()

    assert not re.search(r"<(img|script|link|iframe|object)\b", html)
    assert "url(" not in html


def test_no_slot_of_the_template_is_left():
    assert not re.search(r"\{\w+\}|<!--", an_alerts_page(notes="Ask Jane"))


def test_a_value_that_looks_like_a_slot_is_not_filled():
    assert "{link} {summary}" in an_alerts_page(title="{link} {summary}")


def test_hostile_html_is_shown_and_not_run():
    html = an_alerts_page(title="<script>alert(1)</script>", culprit='"><img src=x onerror=y>', stack="</pre><b>x")

    seen = Markup(html)
    assert not {"script", "img", "b"} & set(seen.tags)
    assert "<script>alert(1)</script>" in "".join(seen.words)


def test_a_listing_leads_where_its_lines_say_with_their_figures():
    items = (Item(Link("Division <by> zero", "https://tocsin.example/12/"), "8,310", "SHOP-12"),)
    listing = Listing(Link("Shop", "https://tocsin.example/shop/"), "9 events", items)

    html = page(replace(EXAMPLE.message, blocks=(listing,)), "s")

    for words in ('href="https://tocsin.example/12/"', "Division &lt;by&gt; zero", "8,310", "SHOP-12", "9 events"):
        assert words in html
    assert not re.search(r"\{\w+\}|<!--", html)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 'https://e.example/" onclick="x'])
def test_only_web_addresses_become_links(url):
    seen = Markup(page(replace(EXAMPLE.message, link=url, actions=(Link("go", url),)), "s"))

    assert all(link == "#" or link.startswith("https://") for link in seen.links)
    assert "onclick" not in "".join(seen.tags)


def test_a_field_that_leads_somewhere_is_a_link():
    release = Link("Release", "https://t.example/?a=1&b=2")

    html = page(replace(EXAMPLE.message, blocks=(Fields((("Release", "shop<1>"),), links=(release,)),)), "s")

    assert re.search(r'<td[^>]*><a[^>]* href="https://t\.example/\?a=1&amp;b=2"[^>]*>shop&lt;1&gt;</a></td>', html)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:text/html,x"])
def test_a_field_that_leads_to_no_page_is_its_value(url):
    html = page(
        replace(EXAMPLE.message, blocks=(Fields((("Release", "shop@1"),), links=(Link("Release", url),)),)), "s"
    )

    assert re.search(r"<td[^>]*>shop@1</td>", html)


def test_severities_differ_by_shape_too():
    shapes = {
        re.search(r'<font color="[^"]+">(.)</font>', page(replace(EXAMPLE.message, severity=s), "s"))[1]
        for s in Severity
    }

    assert len(shapes) == len(Severity)


# — hostile text

HOSTILE = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "\r\nBcc: x@evil.example",
                "\r\n\r\n",
                "\n",
                "\r",
                "\x00",
                "<b>",
                '"',
                "é" * 90,
                "=?utf-8?q?x?=",
                "a" * 1200,
                "\u2028",
                "\u202e",
                "\ud800",
                "--=_6f1c2d3e4b5a69788796a5b4c3d2e1f0--",
                ".",
                "\n.\n",
                "{title}",
                "&lt;",
                " ",
            ]
        ),
        max_size=8,
    ).map("".join),
)
MESSAGES = st.builds(
    Message,
    heading=HOSTILE,
    title=HOSTILE,
    subtitle=HOSTILE,
    link=HOSTILE,
    severity=st.sampled_from(Severity),
    summary=HOSTILE,
    project=HOSTILE,
    short_id=HOSTILE,
    reason=HOSTILE,
    details=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=3).map(tuple),
    blocks=st.tuples(
        st.builds(Code, HOSTILE),
        st.builds(Paragraph, HOSTILE),
        st.builds(Note, HOSTILE),
        st.builds(
            Fields,
            st.tuples(st.tuples(st.just("a") | HOSTILE, HOSTILE)),
            links=st.tuples(st.builds(Link, st.just("a") | HOSTILE, st.just("https://t.example/l") | HOSTILE)),
        ),
    ),
    footer=st.tuples(st.builds(Link, HOSTILE, HOSTILE)),
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "MIME-Version",
    "Message-ID",
    "Content-Type",
}


@settings(max_examples=examples(60), deadline=None)
@given(MESSAGES, HOSTILE, HOSTILE)
def test_whatever_an_event_holds_the_mail_is_one_well_formed_mail(message, list_id, sender_name):
    parcel = replace(EXAMPLE, message=message, list_id=list_id, conversation=list_id)
    sender = f'"{sender_name}" <alerts@example.org>'
    assume(sender_address(sender) == "alerts@example.org")

    raw = letter(parcel, sender, "ana@example.org")[1]
    mail = email.message_from_bytes(raw, policy=policy.SMTP)

    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    assert not mail.defects
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    assert b"\x00" not in raw
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)


def test_a_mail_program_is_told_how_to_end_such_mails_in_one_click():
    mail = email.message_from_bytes(raw_of(), policy=policy.SMTP)

    assert mail["List-Unsubscribe"] == f"<{EXAMPLE.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_both_halves_end_with_the_link():
    mail = email.message_from_bytes(raw_of(), policy=policy.SMTP)

    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert "Unsubscribe" in text
        assert EXAMPLE.unsubscribe in text


def test_without_a_link_there_is_neither_header_nor_word_of_it():
    raw = letter(replace(EXAMPLE, unsubscribe=""), "Tocsin <alerts@example.org>", "ana@example.org")[1]

    assert b"nsubscribe" not in raw


def test_the_check_for_stray_headers_can_fail():
    broken = raw_of().replace(b"Auto-Submitted", b"Bcc: x@evil.example\r\nAuto-Submitted")

    assert not set(email.message_from_bytes(broken, policy=policy.SMTP).keys()) <= HEADERS


# — what the answers mean


@pytest.mark.parametrize(
    ("status", "words", "stage", "outcome"),
    [
        pytest.param(421, "4.3.2 shutting down", "connect", Retry, id="server goes away"),
        pytest.param(450, "4.2.0 greylisted", "rcpt", Retry, id="greylisting"),
        pytest.param(452, "4.2.2 mailbox full", "rcpt", Retry, id="full for now"),
        pytest.param(550, "5.1.1 no such user", "rcpt", Gone, id="no such mailbox"),
        pytest.param(550, "no such user", "rcpt", Gone, id="no such mailbox, old server"),
        pytest.param(551, "5.1.6 moved", "rcpt", Gone, id="moved"),
        pytest.param(553, "5.1.3 bad name", "rcpt", Gone, id="name not allowed"),
        pytest.param(550, "5.7.1 relaying denied", "rcpt", Refused, id="relaying denied is about us"),
        pytest.param(500, "5.3.0 error", "rcpt", Refused, id="another refusal"),
        pytest.param(553, "5.7.1 not yours", "mail", Refused, id="sender not allowed"),
        pytest.param(552, "5.3.4 too big", "mail", Refused, id="too big"),
        pytest.param(554, "5.7.1 spam", "data", Refused, id="content refused"),
        pytest.param(554, "no service", "connect", Refused, id="we are not welcome"),
        pytest.param(535, "5.7.8 bad password", "auth", Refused, id="wrong password"),
        pytest.param(454, "4.7.0 try later", "auth", Retry, id="sign-in is down for now"),
    ],
)
def test_the_servers_reply_decides(status, words, stage, outcome):
    assert isinstance(answered(status, words, stage), outcome)


def test_a_wrong_password_says_what_to_correct():
    assert answered(535, "5.7.8 Error: authentication failed", "auth") == Refused(
        "The mail server does not accept the sign-in: 535 5.7.8 Error: authentication failed. "
        "Correct the user and password of the mail server's URL, then replay."
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "@example.org",
        "ana@example.org\r\nRCPT TO:<x@y.z>",
        "a b@example.org",
        "ä@example.org",
        "ana@ex..org",
        "<ana@example.org>",
        "ana@example.org>",
        f"{'a' * 65}@example.org",
    ],
)
def test_what_is_no_mail_address_is_never_sent_to(address):
    questions, outcome = asked(send(SETTINGS, replace(EXAMPLE, address=Address(address))))

    assert questions == []
    assert isinstance(outcome, Gone)


def test_a_sender_that_is_no_address_is_refused_with_a_hint():
    settings = replace(SETTINGS, sender="alerts at example")

    assert isinstance(play(send(settings, EXAMPLE)), Refused)


def test_a_person_is_reached_at_their_own_address():
    assert personal(Person(7, "Ana", "ana@example.org")) == Address("ana@example.org")


def test_a_person_without_a_usable_address_is_not_reached():
    assert personal(Person(7, "Ana", "")) is None
