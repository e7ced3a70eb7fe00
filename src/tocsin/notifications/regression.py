"""A resolved issue came back."""

from tocsin.core.activity import ActivityFacts, example, kind, version
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    came, fixed = version(facts.text("version")), version(facts.text("resolved_in_version"))
    where = f" in {came}" if came else ""
    return f"{facts.short_id} came back{where}" + (f", though it was resolved in {fixed}" if fixed else "")


NOTIFICATION_KIND = kind(
    "regression", "Regression", Happening.REGRESSION, sentence, example(author="", data={"version": "shop@1.4.2"})
)
