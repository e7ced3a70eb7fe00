"""Whose a rule is on the editor's pages, a project's or that of all projects; who may change it, and where."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from tocsin.core.people import Directory
from tocsin.store.models import Organization, Project, Rule
from tocsin.store.queries import api_places, directory, rules_home
from tocsin.web.access import MemberRequest
from tocsin.web.roles import may_manage


@dataclass(frozen=True, slots=True)
class Home:
    """`project` is None for rules of all projects; `editors` says in words who may change them."""

    place: Project | Organization
    project: Project | None
    organization: Organization
    here: Directory
    may_edit: bool

    @property
    def list(self) -> str:
        return self._address("rules")

    @property
    def new(self) -> str:
        return self._address("rule_new")

    @property
    def channels(self) -> str:
        """Where suggestions for a channel's name come from."""
        return self._address("rule_channels")

    def task(self, task_id: UUID) -> str:
        """Where one waits for a rule to be saved."""
        return self._address("rule_task", task_id.hex)

    def edit(self, rule_id: int) -> str:
        return self._address("rule_edit", rule_id)

    def page(self, rule_id: int) -> str:
        """Where one reads what the rule does: for one of all projects that is its editor."""
        return self._address("rule" if self.project else "rule_edit", rule_id)

    def remove(self, rule_id: int) -> str:
        return self._address("rule_remove", rule_id)

    def switch(self, rule_id: int) -> str:
        return self._address("rule_switch", rule_id)

    def _address(self, name: str, *parts: int | str) -> str:
        if self.project:
            return reverse(name, args=[self.organization.slug, self.project.slug, *parts])
        return reverse(f"organization_{name}", args=[self.organization.slug, *parts])

    @property
    def editors(self) -> str:
        managers = "Owners, managers and admins"
        if self.project is None:
            return f"{managers} may change rules of all projects."
        teams = [self.here.teams[one].slug for one in self.here.project_teams.get(self.project.pk, ())]
        named = ", ".join(f"#{slug}" for slug in sorted(teams))
        return f"{managers}{f', and members of {named},' if named else ''} may change this project's rules."

    def require_editor(self) -> None:
        if not self.may_edit:
            raise PermissionDenied(self.editors)

    def own(self, rule_id: int) -> Rule:
        found = rules_home.own(self.place, rule_id)
        if found is None:
            raise Http404("There is no such alert rule.")
        return found


def home_of(request: MemberRequest, slug: str | None) -> Home:
    """The project of this slug, or the organization."""
    organization = request.organization
    here = directory.of(organization.pk, organization.version)
    if slug is None:
        return Home(organization, None, organization, here, may_manage(request))
    project = api_places.project(organization.pk, slug)
    if project is None:
        raise Http404("There is no such project.")
    may_edit = may_manage(request) or api_places.is_on_team(request.person.pk, project.pk)
    return Home(project, project, organization, here, may_edit)
