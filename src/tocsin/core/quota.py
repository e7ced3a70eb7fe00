"""Who hears that a key reached its limit and events were refused."""

from collections.abc import Sequence

from tocsin.core.choices import ALWAYS, of_type
from tocsin.core.follow import Asked
from tocsin.core.people import Directory, Scope
from tocsin.core.reasons import Reason

TYPE = "quota"
WHY = "you manage this organization, or chose to hear of limits"


def asked(directory: Directory, managers: Sequence[int], project_id: int, label: str, cause: str) -> Asked:
    """The organization's `managers`, and those of the project who chose to hear of it, or for whom the organization
    did. A limit is somebody's to raise: nobody else hears of it unasked."""
    willing = [one for one in _candidates(directory, project_id) if _chose(directory, one, project_id)]
    ids = tuple(dict.fromkeys((*managers, *willing)))
    return Asked(ids, label, cause, TYPE, WHY, Reason.HEARS_OF_LIMITS, project_id, occasion=Reason.LIMIT_REACHED)


def _candidates(directory: Directory, project_id: int) -> list[int]:
    for_all = any((one.type, one.provider, one.value) == (TYPE, "", ALWAYS) for one in directory.defaults)
    if for_all:
        return [one.id for one in directory.members_of(project_id)]
    return [one for one in directory.chose_about(TYPE) if directory.is_member(one, project_id)]


def _chose(directory: Directory, user_id: int, project_id: int) -> bool:
    place = {Scope.ORGANIZATION: directory.organization_id, Scope.PROJECT: project_id}
    return of_type(directory.preferences.get(user_id, ()), directory.defaults, TYPE, place).value == ALWAYS
