"""A chat account became somebody's, or is theirs no more: both sides are told, whatever they choose to hear of."""

from dataclasses import dataclass

from tocsin.core.message import Link, Message, Paragraph, Press, Severity
from tocsin.core.registry import NotificationKind
from tocsin.core.subjects import AboutAccount

LINKED, UNLINKED, LOST = "linked", "unlinked", "lost"


@dataclass(frozen=True, slots=True)
class Facts:
    """`became` is linked, unlinked, or lost: somebody else, `by`, showed that it is theirs.

    `to_account` is true for what is said to the account, false for what its person is told elsewhere. `person` is
    the address that the person signs in with; `url` the page of their chat accounts. `unlink_url` ends the link at
    once, for whoever has the account; `everything` is the word of the button that turns the service on for all that
    they hear of, "" where it is on, and `connection` the integration's id that it comes back with.
    """

    became: str
    to_account: bool
    service: str
    account: str
    workspace: str
    organization: str
    person: str
    url: str
    by: str = ""
    unlink_url: str = ""
    everything: str = ""
    connection: int = 0


EXAMPLE = Facts(
    became=LINKED,
    to_account=True,
    service="Slack",
    account="@ana",
    workspace="Acme HQ",
    organization="Acme",
    person="ana@example.org",
    url="https://tocsin.example/settings/account/chat/",
    unlink_url="https://tocsin.example/extensions/slack/unlink-identity/example/",
    everything="all_slack",
    connection=3,
)


def render(facts: Facts) -> Message:
    title, says, mistake = _words(facts)
    return Message(
        heading="Linked account",
        title=title,
        link=facts.url,
        severity=Severity.WARNING if facts.became == LOST else Severity.INFO,
        summary=title,
        blocks=(Paragraph(says), Paragraph(mistake)),
        actions=(Link("That was not me: unlink", facts.unlink_url),) if facts.unlink_url else (),
        controls=_controls(facts),
        about=AboutAccount(facts.connection) if facts.connection else None,
        reason=f"You are told because it is your {facts.service if facts.to_account else 'own'} account.",
    )


def _words(facts: Facts) -> tuple[str, str, str]:
    """The title, what follows from it, and what to do if it was somebody else."""
    where = f"{facts.account} in {facts.workspace} ({facts.service})"
    match facts.became, facts.to_account:
        case "linked", True:
            return (
                f"You are {facts.person} in {facts.organization} now",
                f"What {facts.account} presses and types is done in that name; what they hear of can come here.",
                "If that was not you, unlink it: that ends it at once.",
            )
        case "linked", False:
            return (
                f"{where} is you in {facts.organization} now",
                "What is pressed and typed there is done in your name, and what you are to hear can come there.",
                "If that was not you, unlink it, and choose a new password: somebody was signed in as you.",
            )
        case "lost", _:
            return (
                f"{where} is not you in {facts.organization} any more",
                f"{facts.by} showed that this account is theirs, and it had been linked to you.",
                "If it is yours, link it again from there, and ask them.",
            )
        case _:
            who = f"You are not {facts.person}" if facts.to_account else f"{where} is not you"
            return (
                f"{who} in {facts.organization} any more",
                "What is pressed and typed there is not done in your name until it is linked again.",
                "If that was not you, link it again; nothing else was changed.",
            )


def _controls(facts: Facts) -> tuple[Press, ...]:
    if not facts.everything:
        return ()
    return (Press(f"Turn on {facts.service} for all my notifications", facts.everything, primary=True),)


NOTIFICATION_KIND = NotificationKind(
    slug="account_linked",
    name="Linked account",
    category="account",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("unlink_url",),
)
