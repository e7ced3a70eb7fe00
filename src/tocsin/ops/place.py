"""Which organization a command means."""

from typing import TYPE_CHECKING

from tocsin.ops.errors import WrongInputError

if TYPE_CHECKING:
    from tocsin.store.models import Organization


def organization_of(slug: str | None) -> "Organization":
    """The organization of a slug, or the only one; raises WrongInputError, which lists them."""
    from tocsin.store.models import Organization

    everything = {place.slug: place for place in Organization.objects.order_by("slug")}
    if slug is None and len(everything) == 1:
        return next(iter(everything.values()))
    if slug in everything:
        return everything[slug]
    if not everything:
        raise WrongInputError("There is no organization yet; run tocsin init first.")
    wrong = "Say which organization with --organization" if slug is None else f"There is no organization {slug!r}"
    raise WrongInputError(f"{wrong}: {', '.join(everything)}.")
