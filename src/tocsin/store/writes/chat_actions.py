"""What was pressed in a chat service, from its acknowledgement until it is done."""

from tocsin.core.chat_action import ChatAction, Talker
from tocsin.store import models

ID_LENGTH = 200


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
        about=action.about,
        about_id=action.about_id,
        does=action.does,
        date_added=action.at,
    )


def take(limit: int) -> list[ChatAction]:
    """The oldest, which are gone once the transaction ends well. On PostgreSQL another one waits for it: what is
    asked of one thing is done in order. Two statements."""
    found = list(models.ChatAction.objects.select_for_update().order_by("pk")[:limit])
    models.ChatAction.objects.filter(pk__in=[row.pk for row in found]).delete()
    return [_action(row) for row in found]


def are_waiting() -> bool:
    return models.ChatAction.objects.exists()


def _action(row: models.ChatAction) -> ChatAction:
    talker = Talker(row.provider, row.account, row.external_id, row.name, row.answer_to)
    return ChatAction(talker, tuple(row.integrations), row.about, row.about_id, row.does, row.date_added)
