"""A message, and what stands in the blocks that it became."""

from tocsin.core.message import Message, Severity

LINK = "https://t.example/i/1/"


def a_message(**parts):
    defaults = {"heading": "New issue", "title": "Boom", "link": LINK, "severity": Severity.ERROR, "summary": "s"}
    return Message(**(defaults | parts))


def texts(blocks):
    """All mrkdwn of a message, in reading order."""
    return [
        holder["text"]
        for block in blocks
        for holder in (block.get("text"), *block.get("elements", ()))
        if holder and holder.get("type") == "mrkdwn"
    ]


def elements(blocks):
    return [
        element
        for block in blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
        for element in part["elements"]
    ]
