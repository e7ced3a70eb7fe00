"""With how many examples a property is tried: `--hypothesis-profile=quick` (script/check) takes a fifth."""

from hypothesis import settings

# No deadline for one example: the machine may be busy.
settings.register_profile("whole", deadline=None)
settings.register_profile("quick", max_examples=20, deadline=None)
settings.load_profile("whole")


def examples(number: int) -> int:
    """`number` in whole runs, in quick ones fewer."""
    return number * settings.default.max_examples // 100
