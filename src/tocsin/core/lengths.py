"""A stretch of time in words, for where the exact one has no room."""

UNITS = ((60, "s"), (60, "min"), (24, "h"), (7, "d"), (52, "wk"), (10_000, "yr"))


def length(seconds: float) -> str:
    """In one unit, rounded down: 59 s, 3 min, 2 h, 6 d, 3 wk, 1 yr."""
    left = int(seconds)
    for size, unit in UNITS:
        if left < size:
            return f"{left} {unit}"
        left //= size
    return "ages"


def ago(seconds: float) -> str:
    """How far back (or, below nothing, ahead) something is: just now, 3 min ago, in 2 h."""
    if abs(seconds) < 5:
        return "just now"
    return f"{length(seconds)} ago" if seconds > 0 else f"in {length(-seconds)}"
