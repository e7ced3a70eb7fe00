"""Block Kit in the product's look: faithful in what it says, and never markup of an event's."""

import pytest

from tocsin.web.block_kit import mrkdwn, render


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        pytest.param("*New issue* in shop", "<strong>New issue</strong> in shop", id="bold"),
        pytest.param("_so_ ~not~", "<em>so</em> <s>not</s>", id="italic and strike"),
        pytest.param("`a*b*c`", "<code>a*b*c</code>", id="nothing is formatted in code"),
        pytest.param("```x\ny```", '<pre class="code">x\ny</pre>', id="a block of code"),
        pytest.param(":red_circle: x", '<span class="bad" title=":red_circle:">●</span> x', id="a colour dot"),
        pytest.param(":odd_circle: :tada:", ":odd_circle: :tada:", id="no other picture is drawn"),
        pytest.param("one\ntwo", "one<br>two", id="lines"),
        pytest.param("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;", id="entities are Slack's, and stay text"),
        pytest.param("2*3*4 snake_case_name", "2*3*4 snake_case_name", id="inside words nothing is formatted"),
        pytest.param(
            "<!here> <@U1|ana>", '<span class="badge">@here</span> <span class="badge">@ana</span>', id="mentions"
        ),
    ],
)
def test_slacks_markup_says_the_same_in_html(markup: str, html: str):
    assert mrkdwn(markup) == html


def test_a_link_keeps_its_words_and_its_address():
    assert mrkdwn("<https://a.example/?x=1&amp;y=2|APP-1>") == (
        '<a href="https://a.example/?x=1&amp;y=2" rel="noopener noreferrer nofollow">APP-1</a>'
    )


@pytest.mark.parametrize(
    "markup",
    ["<script>alert(1)</script>", "<javascript:alert(1)|click>", '"><img src=x onerror=alert(1)>', "*<b>*"],
)
def test_hostile_markup_runs_nowhere(markup: str):
    html = mrkdwn(markup)

    assert not any(harm in html for harm in ("<script", "<img", "<b>", 'href="javascript'))


def test_hostile_text_in_every_place_of_every_block_stays_text():
    harm = "<script>alert(1)</script>"
    text = {"type": "plain_text", "text": harm}
    blocks = [
        {"type": "header", "text": text},
        {"type": "section", "text": text, "fields": [text], "accessory": {"type": "button", "text": text}},
        {"type": "context", "elements": [text, {"type": "image", "alt_text": harm}]},
        {"type": "actions", "elements": [{"type": "button", "text": text}]},
        {"type": "image", "alt_text": harm},
        {"type": harm},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": kind,
                    "elements": [
                        {"type": "text", "text": harm, "style": {"bold": True, "code": True}},
                        {"type": "link", "url": f"https://x.example/{harm}", "text": harm},
                        {"type": "emoji", "name": harm},
                        {"type": "user", "user_id": harm},
                        {"type": harm},
                    ],
                }
                for kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list")
            ],
        },
    ]

    assert "<script" not in render(blocks)


def test_a_style_is_kept():
    element = {"type": "text", "text": "boom", "style": {"bold": True}}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}

    assert render([block]) == "<p><strong>boom</strong></p>"


def test_a_colour_dot_is_drawn_in_the_pages_colours():
    block = {"type": "rich_text", "elements": [{"type": "emoji", "name": "red_circle"}]}

    assert render([block]) == '<span class="bad" title=":red_circle:">●</span>'
