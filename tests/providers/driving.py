"""Drives a provider with a list of answers instead of sockets."""

from tocsin.core.sending import Reply


def play(sending, *answers):
    """The outcome of a sending, each question answered in turn; a number is an empty reply of that status."""
    return asked(sending, *answers)[1]


def asked(sending, *answers):
    """The questions of a sending and its outcome."""
    questions, left = [], list(answers)
    try:
        question = next(sending)
        while True:
            questions.append(question)
            answer = left.pop(0)
            question = sending.send(Reply(answer) if isinstance(answer, int) else answer)
    except StopIteration as stop:
        return questions, stop.value
