"""A message without what differs each time it is said: numbers, ids, addresses, times, quoted words."""

import re

# Longer texts are cut first: what makes two messages the same stands at their beginning.
LENGTH = 2048

# In this order: an earlier kind takes the text from the later ones. What repeats is bounded, or
# cannot fail once begun, so that the time stays linear in the text, whoever wrote it.
_KINDS = {
    "email": r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}",
    "url": r"\b(?:https?|wss?|ftps?|file)://[^\s'\"<>]{1,1024}",
    "uuid": r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b",
    "date": (
        r"\b\d{4}-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d)?(?:[.,]\d{1,9})?"
        r"(?:Z|\s?[+-]\d{2}:?\d{2}|\s?UTC)?)?"
        r"|\b[0-2]?\d:[0-5]\d:[0-6]\d(?:[.,]\d{1,9})?\b"
        r"|\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:\d{1,2} )?"
        r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
        r"[a-z]{0,6} \d{1,4}\b(?:,? \d{4})?"
    ),
    "ip": (
        r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]\d)"
        r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])"
        r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?"
        r"(?![\w:])"
    ),
    "hex": r"\b0[xX][0-9a-fA-F]{1,128}\b",
    "hash": r"\b(?=[a-fA-F]{0,127}\d)(?=\d{0,127}[a-fA-F])[0-9a-fA-F]{16,128}\b",
    "duration": (
        r"(?<![\w.])\d{1,20}(?:\.\d{1,20})?\s?"
        r"(?:ns|us|µs|ms|secs?|seconds?|s|mins?|minutes?|hours?|hrs?|h|days?)\b"
    ),
    "quoted": r"(?<![\w])'[^'\n]{1,256}'(?!\w)|(?<![\w])\"[^\"\n]{1,256}\"(?!\w)",
    "number": r"[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?",
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_WORTH_A_LOOK = re.compile(r"[\d'\"@]|::|://")


def parameterise(text: str) -> str:
    """The text with "<number>", "<uuid>" and so on in the place of values."""
    text = text.strip()[:LENGTH]
    if not _WORTH_A_LOOK.search(text):
        return text
    return _ANY.sub(lambda found: f"<{found.lastgroup}>", text)
