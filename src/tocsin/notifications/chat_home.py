"""The page that a chat service keeps for the app, as one person sees it: their open issues, and how it stands."""

from dataclasses import dataclass

from tocsin.core.message import Item, Link, Listing, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind

NOBODY = "Tocsin does not know who you are here. Say so once: then your open issues stand here at each visit."
FOR_ONE = "What stands here is for the one person who opened it."


@dataclass(frozen=True, slots=True)
class Facts:
    """`here` is a listing for each organization in which the person is known, `links` where they say who they are
    in the others, `url` where the pages are. It is as of when they opened it (`at`, in words). `known` is in how
    many organizations they are known: all that pages tell of what stands here."""

    url: str
    at: str
    known: int
    here: tuple[Listing, ...] = ()
    links: tuple[Link, ...] = ()


EXAMPLE = Facts(
    url="https://tocsin.example",
    at="21 Nov 2026, 09:00 UTC",
    known=1,
    here=(
        Listing(
            Link("Acme", "https://tocsin.example/acme/issues/"),
            "Open: 12 in shop, 3 in door. Yours:",
            (
                Item(
                    Link("ZeroDivisionError: division by zero", "https://tocsin.example/acme/issues/12/"),
                    "error in shop, new · seen 3 min ago, first 2 d ago",
                    "SHOP-12",
                ),
            ),
        ),
    ),
    links=(Link("Link your account in Umbra", "https://tocsin.example/extensions/slack/link-identity/example/"),),
)


def render(facts: Facts) -> Message:
    return Message(
        heading="App home",
        title="Your open issues",
        link=facts.url,
        severity=Severity.INFO,
        summary=f"Your open issues, as of {facts.at}",
        blocks=facts.here or (Paragraph(FOR_ONE if facts.known else NOBODY),),
        actions=facts.links,
        footer=(Link(f"As of {facts.at}", facts.url),),
        reason="You are told because you opened this page, which only you see.",
    )


NOTIFICATION_KIND = NotificationKind(
    slug="chat_home",
    name="App home in a chat",
    category="answer",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("here", "links"),
)
