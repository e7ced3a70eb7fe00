"""The bodies of the API as OpenAPI describes them; what is stored is decided elsewhere."""

# ruff: noqa: N815 — the names are the wire's

from typing import Any

from ninja import Schema


class Detail(Schema):
    """Why there is no answer."""

    detail: str


class Person(Schema):
    id: int
    name: str
    email: str


class Rule(Schema):
    """An alert rule: when (conditions), if (filters), then (actions), at most once in `frequency` minutes."""

    id: str
    name: str
    environment: str | None
    owner: str | None
    actionMatch: str
    filterMatch: str
    frequency: int
    conditions: list[dict[str, Any]]
    filters: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    dateCreated: str
    createdBy: Person | None
    projects: list[str]
    allProjects: bool
    status: str
    snooze: bool
    snoozeForEveryone: bool
    snoozeUntil: str | None
    snoozeReason: str
    disableDate: str | None
    disableReason: str | None
    optOutExplicit: bool
    lastTriggered: str | None
    environments: list[str]
    excludedEnvironments: list[str]
    wait: int
    hourlyLimit: int
    tests: list[dict[str, Any]]
    errors: int
    lastError: str
    lastErrorAt: str | None
    heldByLimit: int
    unchecked: list[str]


class RuleTask(Schema):
    """A rule that is saved once its channels are known; ask for it by this id."""

    uuid: str


class RuleTaskState(Schema):
    """`status` is pending, success (with the rule) or failed (`error` says why, `errors` by key)."""

    status: str
    rule: Rule | None
    error: str | None
    errors: dict[str, Any]


class RuleToSave(Schema):
    """A rule as sent. A node is {"id": wire id, …options}; `owner` is user:ID or team:ID.

    A group of lines is {"id": "tocsin.conditions.Group", "match": "any", "nodes": […]}. With `wait` (minutes) the
    rule fires only if all is still so after it; it fires at most `hourlyLimit` times an hour, 0 for no limit.
    `optOutExplicit` keeps it on however long it does not fire; left out, that stays as it is.
    """

    name: str
    environment: str | None = None
    owner: str | None = None
    actionMatch: str = "all"
    filterMatch: str = "all"
    frequency: int = 30
    environments: list[str] = []
    excludedEnvironments: list[str] = []
    wait: int = 0
    hourlyLimit: int = 0
    tests: list[dict[str, Any]] = []
    optOutExplicit: bool | None = None
    conditions: list[dict[str, Any]] = []
    filters: list[dict[str, Any]] = []
    actions: list[dict[str, Any]]


class Configuration(Schema):
    conditions: list[dict[str, Any]]
    filters: list[dict[str, Any]]
    actions: list[dict[str, Any]]


class Me(Schema):
    id: str
    name: str
    email: str


class Index(Schema):
    version: str
    user: Me | None
    auth: dict[str, Any] | None


class Organization(Schema):
    id: str
    slug: str
    name: str
    dateCreated: str
    status: dict[str, str]


class OrganizationChoices(Organization):
    """`issueAlertsThreadFlag` is Sentry's: later alerts, and what happens to their issue, are said in threads. The
    others choose each by itself: `laterAlerts` is broadcast, thread or anew."""

    issueAlertsThreadFlag: bool
    laterAlerts: str
    threadsActivity: bool
    threadsComments: bool
    takesComments: bool


class OrganizationToSave(Schema):
    """What is left out stays."""

    issueAlertsThreadFlag: bool | None = None
    laterAlerts: str | None = None
    threadsActivity: bool | None = None
    threadsComments: bool | None = None
    takesComments: bool | None = None


class Team(Schema):
    id: str
    slug: str
    name: str


class Project(Schema):
    id: str
    slug: str
    name: str
    platform: str
    dateCreated: str
    firstEvent: str | None
    status: str
    teams: list[Team]
    organization: Organization


class ProjectKey(Schema):
    """`dsn.public` is what an SDK is given."""

    id: str
    name: str
    label: str
    public: str
    projectId: int
    isActive: bool
    rateLimit: dict[str, int] | None
    dsn: dict[str, str]
    dateCreated: str


class ProjectKeyToSave(Schema):
    """What is left out stays. `rateLimit` is {"count": events, "window": seconds}, or null for no limit."""

    rateLimit: dict[str, int] | None = None
    isActive: bool | None = None


class Option(Schema):
    """Whether a person hears of a type of notification, in one scope."""

    id: str
    scopeType: str
    scopeIdentifier: str
    type: str
    value: str
    user_id: str | None
    team_id: str | None


class ProviderOption(Option):
    """Whether they hear of it over one service."""

    provider: str


class OptionToSave(Schema):
    scopeType: str
    scopeIdentifier: str
    type: str
    value: str


class ProvidersToSave(Schema):
    """The services to hear over; every other personal service is switched off for that scope."""

    scopeType: str
    scopeIdentifier: str
    type: str
    providers: list[str]


class NotificationDefaults(Schema):
    """What each type is without a choice, and the services that are on."""

    typeDefaults: dict[str, str]
    providerDefaults: list[str]


class OrganizationDefaultToSave(Schema):
    """`provider` null is the type itself; the value "default" forgets it."""

    type: str
    value: str
    provider: str | None = None


class OrganizationDefault(OrganizationDefaultToSave):
    id: str


class HabitsToSave(Schema):
    personalActivityNotifications: bool | None = None
    selfAssignOnResolve: bool | None = None


class Habits(Schema):
    """Whether a person hears of what they do themselves, and takes unassigned issues that they resolve."""

    personalActivityNotifications: bool
    selfAssignOnResolve: bool


class Ending(Schema):
    """What would end: an issue or a project, by its name; `slug` is a project's."""

    viewUrl: str
    type: str
    displayName: str
    slug: str | None


class EndingToSave(Schema):
    cancel: int


class ActivityShape(Schema):
    """Something that happened to an issue; a comment's text is in `data`."""

    id: str
    type: str
    user: Person | None
    data: dict[str, Any]
    dateCreated: str


class ListedIssue(Schema):
    """An issue as lists show it; `count` is a number as text, as on Sentry's wire."""

    id: str
    shortId: str
    title: str
    culprit: str
    permalink: str
    logger: str | None
    level: str
    status: str
    substatus: str | None
    statusDetails: dict[str, Any]
    isPublic: bool
    platform: str
    project: dict[str, Any]
    type: str
    metadata: dict[str, Any]
    priority: str
    assignedTo: dict[str, Any] | None
    count: str
    userCount: int
    firstSeen: str
    lastSeen: str
    annotations: list[Any]


class IssueShape(ListedIssue):
    """An issue with what its people have to do with it."""

    numComments: int
    isBookmarked: bool
    isSubscribed: bool
    subscriptionDetails: dict[str, Any] | None
    hasSeen: bool
    activity: list[ActivityShape]
    seenBy: list[Any]
    participants: list[dict[str, Any]]
    owners: list[dict[str, Any]]
    firstRelease: dict[str, Any] | None
    lastRelease: dict[str, Any] | None


class IssueToChange(Schema):
    """Any of these. `assignedTo` is user:ID, team:ID, an address, #team or null; `statusDetails` says in which
    release or commit it is resolved, or until when it is archived."""

    status: str | None = None
    statusDetails: dict[str, Any] | None = None
    substatus: str | None = None
    assignedTo: str | None = None
    priority: str | None = None
    isBookmarked: bool | None = None
    isSubscribed: bool | None = None


class MemberToInvite(Schema):
    """`teams` are ids."""

    email: str
    role: str = "member"
    teams: list[str] = []


class FeedbackToSave(Schema):
    event_id: str
    comments: str
    name: str = ""
    email: str = ""


class CommentToSave(Schema):
    """`mentions` are user:ID and team:ID; those that the text names with @ and # are found by themselves."""

    text: str
    mentions: list[str] = []


class SavedSearch(Schema):
    """A kept search; `visibility` is owner, owner_pinned or organization."""

    id: str
    name: str
    query: str
    sort: str
    visibility: str
    isPinned: bool
    isGlobal: bool
    isOrgCustom: bool
    type: int
    dateCreated: str


class SearchToSave(Schema):
    """`visibility` is owner or organization. A pinned search needs no name."""

    name: str = ""
    query: str
    sort: str = "date"
    visibility: str = "owner"


class DeliveryRow(Schema):
    """One message on its way to one destination."""

    id: str
    state: str
    reason: str
    provider: str
    label: str
    kind: str
    issue: str | None
    attempts: int
    dateCreated: str
    dateDue: str | None
    dateDone: str | None


class Deliveries(Schema):
    """A page of them; `next` is what `before` is for the page that follows."""

    deliveries: list[DeliveryRow]
    next: str | None


class DeliveryShape(DeliveryRow):
    """With who was told and why, and each try; `key` is the idempotency key that its service was given."""

    key: str
    event: str | None
    integration: str | None
    trace: list[dict[str, Any]]
    tries: list[dict[str, Any]]


class ReplayToSend(Schema):
    """Either the ids of deliveries, or a filter as the list takes it: all that match and ended badly."""

    deliveries: list[str] | None = None
    filter: dict[str, str] | None = None


class Replayed(Schema):
    replayed: int


CLOSED: dict[int, Any] = {401: Detail, 403: Detail, 404: Detail}
REFUSED: dict[int, Any] = {400: dict[str, list[str | int]]}


def sent(shape: type[Schema]) -> dict[str, Any]:
    """The part of an operation's description that says what body it takes."""
    content = {"application/json": {"schema": shape.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}
