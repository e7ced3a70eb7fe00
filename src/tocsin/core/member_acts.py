"""What a message about somebody who asks to be let in offers its readers, and what each press means.

The words are Sentry's (behaviour §8.3).
"""

from collections.abc import Mapping

from tocsin.core.message import Control, Press

APPROVE, REJECT = "approve_member", "reject_member"
CONTROLS: tuple[Control, ...] = (Press("Approve", APPROVE, primary=True), Press("Reject", REJECT))
# Whether a word lets somebody in; nobody offers any other.
LETS_IN: Mapping[str, bool] = {APPROVE: True, REJECT: False}
