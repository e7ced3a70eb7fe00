"""Dialogs as Slack's modals.

https://docs.slack.dev/surfaces/modals
https://docs.slack.dev/reference/methods/views.open
"""

import json
from typing import Any

from tocsin.core.dialog import Dialog, Input, Moment, Number, One, Words
from tocsin.core.escape import one_line
from tocsin.core.sending import Parcel, Refused, Request, Retry, Sending, Unknown
from tocsin.providers.slack.blocks import context, escape
from tocsin.providers.slack.controls import about
from tocsin.providers.slack.send import Settings, beside

JSON = dict[str, Any]

TITLE, LABEL, SUBJECT, HINT, BESIDE = 24, 75, 300, 150, 4
TOO_LATE = "Slack waits three seconds for a dialog, and it took longer. Press again."
NOT_OPENED = "The dialog could not be opened. Press again; why it could not stands in the ledger."
_REFUSALS = {
    "expired_trigger_id": Refused(TOO_LATE),
    "trigger_expired": Refused(TOO_LATE),
    "exchanged_trigger_id": Refused("The dialog was opened before."),
    "trigger_exchanged": Refused("The dialog was opened before."),
    "invalid_trigger_id": Refused("Slack does not know the press any more."),
}


def ask(settings: Settings, parcel: Parcel) -> Sending:
    """Opens a dialog. It is of use at once or not at all, so whatever comes between is said to whoever pressed."""
    address, dialog = parcel.address, parcel.message.dialog
    if dialog is None:
        return Refused("This version knows no such dialog.")
    body = {"trigger_id": address.message, "view": view(dialog, address.answer_to)}
    outcome = yield from beside(settings, "views.open", body, _REFUSALS)
    if not isinstance(outcome, Refused | Retry | Unknown):
        return outcome
    if address.answer_to:
        yield Request("POST", address.answer_to, json=_sorry(outcome.reason))
    return Refused(outcome.reason, is_moot=True)  # a replay would come later still


def view(dialog: Dialog, answer_to: str) -> JSON:
    """The modal; what it carries comes back with its answers."""
    carried = json.dumps({"about": about(dialog.about), "answer_to": answer_to}, separators=(",", ":"))
    return {
        "type": "modal",
        "callback_id": dialog.name,
        "title": _text(dialog.title, TITLE),
        "submit": _text(dialog.submit, TITLE),
        "close": _text("Cancel", TITLE),
        "private_metadata": carried,
        "blocks": [context(escape(dialog.subject, SUBJECT)), *(_input(one) for one in dialog.inputs)],
    }


def _input(one: Input) -> JSON:
    element, hint, needed = _element(one)
    block: JSON = {
        "type": "input",
        "block_id": one.name,
        "optional": not needed,
        "label": _text(one.label, LABEL),
        "element": {"action_id": one.name, **element},
    }
    return {**block, "hint": _text(hint, HINT)} if hint else block


def _element(one: Input) -> tuple[JSON, str, bool]:
    """The element, a hint below it, and whether it has to be answered."""
    match one:
        case One(_, _, choices, chosen):
            options = [{"text": _text(label, LABEL), "value": word} for label, word in choices]
            first = next((option for option in options if option["value"] == chosen), options[0])
            kind = "radio_buttons" if len(options) > BESIDE else "static_select"
            return {"type": kind, "options": options, "initial_option": first}, "", True
        case Number(_, _, hint):
            return {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}, hint, False
        case Moment():
            return {"type": "datetimepicker"}, "", False
        case Words(_, _, hint):
            return {"type": "plain_text_input", "max_length": 250}, hint, False


def _text(words: str, limit: int) -> JSON:
    return {"type": "plain_text", "text": one_line(words, limit), "emoji": False}


def _sorry(why: str) -> JSON:
    words = TOO_LATE if TOO_LATE in why else NOT_OPENED
    return {"response_type": "ephemeral", "replace_original": False, "text": words}
