"""What a sending would ask for, without asking: every question is answered as if it had gone well."""

import json

from tocsin.core.sending import Question, Reply, Sending

MOST_QUESTIONS = 5
PRETENDED = Reply(200, {"content-type": "application/json"}, json.dumps({"ok": True, "id": "0"}).encode())


def rehearse(sending: Sending) -> list[Question]:
    """The questions in their order, five at most; the last is the one that carries the message."""
    questions: list[Question] = []
    try:
        questions.append(next(sending))
        while len(questions) < MOST_QUESTIONS:
            questions.append(sending.send(PRETENDED))
    except StopIteration:
        pass
    return questions
