"""An organization as its configuration file describes it."""

from dataclasses import dataclass, field

from tocsin.store.models import (
    CodeOwners,
    Integration,
    Membership,
    Organization,
    Ownership,
    PreferenceDefault,
    Project,
    ProjectTeam,
    Rule,
    Team,
    TeamMember,
)


@dataclass(frozen=True, slots=True)
class Everything:
    """Rows in the order of their slugs, and what ids are called."""

    organization: Organization
    teams: list[Team]
    projects: list[Project]
    emails: dict[int, str]
    seats: dict[int, list[str]] = field(default_factory=dict)
    held: dict[int, list[str]] = field(default_factory=dict)
    ownership: dict[int, Ownership] = field(default_factory=dict)
    codeowners: dict[int, list[CodeOwners]] = field(default_factory=dict)
    rules: dict[int, list[Rule]] = field(default_factory=dict)
    shared: list[Rule] = field(default_factory=list)  # the organization's own, which watch all projects
    defaults: list[PreferenceDefault] = field(default_factory=list)
    integrations: list[Integration] = field(default_factory=list)

    def rules_of(self, home: Project | Organization) -> list[Rule]:
        """A project's own rules, or those of all projects."""
        return self.rules.get(home.pk, []) if isinstance(home, Project) else self.shared


def everything(organization: Organization) -> Everything:
    """Ten queries, whatever the organization's size."""
    members = Membership.objects.filter(organization=organization, pending=False).select_related("user")
    found = Everything(
        organization,
        list(Team.objects.filter(organization=organization).order_by("slug")),
        list(Project.objects.filter(organization=organization).select_related("organization").order_by("slug")),
        {one.user_id: one.user.email for one in members},
        defaults=list(PreferenceDefault.objects.filter(organization=organization).order_by("type", "provider")),
        integrations=list(Integration.objects.filter(organization=organization).order_by("pk")),
        shared=list(Rule.objects.filter(organization=organization).order_by("pk")),
    )
    for seat in TeamMember.objects.filter(team__organization=organization).select_related("user"):
        found.seats.setdefault(seat.team_id, []).append(seat.user.email)
    for one in ProjectTeam.objects.filter(project__organization=organization).select_related("team"):
        found.held.setdefault(one.project_id, []).append(one.team.slug)
    for row in Ownership.objects.filter(project__organization=organization):
        found.ownership[row.project_id] = row
    for file in CodeOwners.objects.filter(project__organization=organization).order_by("pk"):
        found.codeowners.setdefault(file.project_id, []).append(file)
    for rule in Rule.objects.filter(project__organization=organization).order_by("pk"):
        found.rules.setdefault(rule.project_id or 0, []).append(rule)
    return found
