"""A ticket about an issue was made elsewhere, or an existing one linked."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening
from tocsin.core.message import Block, Paragraph

# Names that plain capitals would misspell.
NAMES = {"github": "GitHub", "github_enterprise": "GitHub Enterprise", "gitlab": "GitLab"}


def sentence(facts: ActivityFacts) -> str:
    provider = facts.text("provider")
    name = NAMES.get(provider.lower(), provider.replace("_", " ").title()) or "external"
    did = "linked" if facts.data.get("new") is False else "made"
    article = "the" if did == "linked" else ("an" if name[0] in "AEIOUaeiou" else "a")
    label = facts.text("label")
    return f"{facts.by()} {did} {article} {name} issue{f' {label}' if label else ''} for {facts.short_id}"


def blocks(facts: ActivityFacts) -> tuple[Block, ...]:
    url = facts.text("location")
    return (Paragraph(url),) if url.startswith(("https://", "http://")) else ()


NOTIFICATION_KIND = kind(
    "external_issue",
    "External issue",
    Happening.EXTERNAL_ISSUE,
    sentence,
    example(
        data={
            "provider": "jira",
            "label": "SHOP-81",
            "location": "https://jira.example/browse/SHOP-81",
            "new": True,
        }
    ),
    blocks=blocks,
)
