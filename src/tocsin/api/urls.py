"""The API's addresses, as Sentry's clients call them."""

from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from tocsin import __version__
from tocsin.api import (
    code,
    deliveries,
    deploys,
    errors,
    explain,
    fine_tuning,
    issue_list,
    members,
    notification_defaults,
    organizations,
    ownership,
    preferences,
    project_keys,
    releases,
    releases_project,
    rule_actions,
    rule_backtest,
    rule_history,
    rule_snooze,
    rule_switch,
    rule_tasks,
    rules,
    rules_combined,
    rules_organization,
    searches,
    team_preferences,
    unsubscribe,
    user_feedback,
)
from tocsin.api.access import TokenOrSession

api = NinjaAPI(
    title="Tocsin",
    version=__version__,
    description="The wire format is Sentry's, so that its clients work unchanged.",
    urls_namespace="api-0",
    docs_url=None,  # the stock pages load their scripts from another host
    openapi_url="/openapi.json",
    auth=TokenOrSession(),
)
errors.install(api)
api.add_router("", organizations.router)
api.add_router("", project_keys.router)
# Before a rule by its id: preview/ and backtest/ are no ids.
api.add_router("", rule_backtest.router)
api.add_router("", rule_actions.router)
api.add_router("", rules.router)
api.add_router("", rule_snooze.router)
api.add_router("", rule_history.router)
api.add_router("", rules_organization.router)
api.add_router("", rules_combined.router)
api.add_router("", rule_switch.router)
api.add_router("", rule_tasks.router)
api.add_router("", issue_list.router)
api.add_router("", searches.router)
api.add_router("", explain.router)
api.add_router("", members.router)
api.add_router("", deliveries.router)
api.add_router("", preferences.router)
api.add_router("", ownership.router)
api.add_router("", team_preferences.router)
api.add_router("", notification_defaults.router)
api.add_router("", fine_tuning.router)
api.add_router("", unsubscribe.router)
api.add_router("", user_feedback.router)
api.add_router("", code.router)
# A version may hold slashes: whatever ends in commits/ or deploys/ is looked for before the release itself.
api.add_router("", deploys.router)
api.add_router("", releases.router)
api.add_router("", releases_project.router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", api.urls),
    path("<path:rest>", errors.missing),
]
