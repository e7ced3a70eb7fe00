"""What was pressed in a chat service, from its acknowledgement until it is done."""

from tocsin.core.chat_action import ChatAction, Talker
from tocsin.core.subjects import AboutAccount, AboutIssue, AboutRequest, Subject
from tocsin.store import models

ID_LENGTH = 200
_KINDS: dict[str, type[Subject]] = {"issue": AboutIssue, "member": AboutRequest, "account": AboutAccount}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def keep(action: ChatAction) -> None:
    """To be done later; in the transaction that notes that it came."""
    talker = action.talker
    models.ChatAction.objects.create(
        provider=talker.provider,
        account=talker.account[:ID_LENGTH],
        external_id=talker.user[:ID_LENGTH],
        name=talker.name[:ID_LENGTH],
        answer_to=talker.answer_to,
        integrations=list(action.integrations),
        about=_NAMES[type(action.about)],
        about_id=action.about.id,
        does=action.does,
        trigger=action.trigger[:ID_LENGTH],
        date_added=action.at,
    )


def take(limit: int) -> list[ChatAction]:
    """The oldest, which are gone once the transaction ends well, with those of a kind that only a later version
    knows. On PostgreSQL another one waits for it: what is asked of one thing is done in order. Two statements."""
    found = list(models.ChatAction.objects.select_for_update().order_by("pk")[:limit])
    models.ChatAction.objects.filter(pk__in=[row.pk for row in found]).delete()
    return [_action(row, _KINDS[row.about]) for row in found if row.about in _KINDS]


def are_waiting() -> bool:
    return models.ChatAction.objects.exists()


def _action(row: models.ChatAction, kind: type[Subject]) -> ChatAction:
    talker = Talker(row.provider, row.account, row.external_id, row.name, row.answer_to)
    return ChatAction(talker, tuple(row.integrations), kind(row.about_id), row.does, row.date_added, row.trigger)
