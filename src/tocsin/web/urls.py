"""The pages' addresses."""

from django.urls import URLPattern, URLResolver, path

from tocsin.web.views import (
    addresses,
    chat_accounts,
    code_hosts,
    defaults,
    deliveries,
    inbox,
    installing,
    integrations,
    invitations,
    issue_searches,
    members,
    outbox,
    ownership,
    preferences,
    project,
    releases,
    rule_channels,
    rule_editor,
    rule_snooze,
    rules,
    rules_organization,
    threads,
    tokens,
    unsubscribe,
    walk,
    whatif,
)
from tocsin.web.views.account import account, confirm_address
from tocsin.web.views.books import books
from tocsin.web.views.design import design
from tocsin.web.views.issue import change_issue, comment_on_issue, issue
from tocsin.web.views.issues import change_issues, home, issue_stream
from tocsin.web.views.metrics import metrics
from tocsin.web.views.readyz import readyz
from tocsin.web.views.sign_in import sign_in, sign_in_link, sign_out

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("-/design", design, name="design"),
    path("-/books", books, name="books"),
    path("-/readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/link/<str:token>/", sign_in_link, name="sign_in_link"),
    path("sign-out/", sign_out, name="sign_out"),
    path("settings/account/", account, name="account"),
    path("settings/account/address/<str:token>/", confirm_address, name="confirm_address"),
    path("settings/account/addresses/", addresses.addresses, name="addresses"),
    path("settings/account/addresses/projects/", addresses.route, name="address_route"),
    path("settings/account/addresses/<int:address_id>/remove/", addresses.remove, name="address_remove"),
    path("settings/account/addresses/proof/<str:token>/", addresses.proof, name="address_proof"),
    path("settings/account/chat/", chat_accounts.index, name="chat_accounts"),
    path("settings/account/chat/<int:link_id>/unlink/", chat_accounts.unlink, name="chat_unlink"),
    path("settings/account/chat/offers/<int:offer_id>/", chat_accounts.answer, name="chat_offer"),
    path("settings/account/chat/<slug:provider>/everything/", chat_accounts.turn_on, name="chat_everything"),
    path("settings/account/tokens/", tokens.tokens, name="tokens"),
    path("settings/account/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("<slug:organization>/issues/", issue_stream, name="issues"),
    path("<slug:organization>/issues/change/", change_issues, name="change_issues"),
    path("<slug:organization>/issues/suggest/", issue_searches.suggest, name="suggest_search"),
    path("<slug:organization>/issues/searches/", issue_searches.keep, name="keep_search"),
    path(
        "<slug:organization>/issues/searches/<int:search_id>/rename/", issue_searches.rename, name="rename_search"
    ),
    path(
        "<slug:organization>/issues/searches/<int:search_id>/forget/", issue_searches.forget, name="forget_search"
    ),
    path("<slug:organization>/issues/<int:issue_id>/", issue, name="issue"),
    path("<slug:organization>/issues/<int:issue_id>/change/", change_issue, name="change_issue"),
    path("<slug:organization>/issues/<int:issue_id>/comment/", comment_on_issue, name="comment_on_issue"),
    path("settings/notifications/", preferences.notifications, name="preferences"),
    path("unsubscribe/<str:token>/", unsubscribe.show, name="unsubscribe"),
    path("settings/notifications/habits/", preferences.habits, name="habits"),
    path("<slug:organization>/settings/notifications/", defaults.organization, name="organization_preferences"),
    path("<slug:organization>/settings/threads/", threads.choose, name="threads"),
    path("<slug:organization>/teams/<slug:team>/notifications/", defaults.team, name="team_preferences"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/not-told/", whatif.not_told, name="not_told"),
    path("inbox/mark/", inbox.mark, name="inbox_mark"),
    path("inbox/<int:delivery_id>/", inbox.opened, name="inbox_message"),
    path("<slug:organization>/projects/<slug:project>/", project.show, name="project"),
    path("<slug:organization>/projects/<slug:project>/keys/", project.add_key, name="project_keys"),
    path("<slug:organization>/projects/<slug:project>/keys/<int:key_id>/", project.switch_key, name="project_key"),
    path(
        "<slug:organization>/projects/<slug:project>/keys/<int:key_id>/limit/",
        project.limit_key,
        name="project_key_limit",
    ),
    path("<slug:organization>/projects/<slug:project>/test-error/", project.test_error, name="test_error"),
    path("<slug:organization>/projects/<slug:project>/walk/<str:event_id>/", walk.show, name="walk"),
    path("<slug:organization>/projects/<slug:project>/rules/", rules.index, name="rules"),
    path("<slug:organization>/projects/<slug:project>/rules/new/", rule_editor.new, name="rule_new"),
    path(
        "<slug:organization>/projects/<slug:project>/rules/channels/", rule_channels.suggest, name="rule_channels"
    ),
    path(
        "<slug:organization>/projects/<slug:project>/rules/waiting/<str:task>/",
        rule_editor.waiting,
        name="rule_task",
    ),
    path("<slug:organization>/projects/<slug:project>/rules/<int:rule_id>/", rules.one, name="rule"),
    path(
        "<slug:organization>/projects/<slug:project>/rules/<int:rule_id>/edit/", rule_editor.edit, name="rule_edit"
    ),
    path(
        "<slug:organization>/projects/<slug:project>/rules/<int:rule_id>/remove/",
        rule_editor.remove,
        name="rule_remove",
    ),
    path(
        "<slug:organization>/projects/<slug:project>/rules/<int:rule_id>/snooze/",
        rule_snooze.change,
        name="rule_snooze",
    ),
    path(
        "<slug:organization>/projects/<slug:project>/rules/<int:rule_id>/switch/",
        rule_snooze.switch,
        name="rule_switch",
    ),
    path(
        "<slug:organization>/projects/<slug:project>/rules/<int:rule_id>/keep/",
        rule_snooze.keep,
        name="rule_keep",
    ),
    path("<slug:organization>/projects/<slug:project>/ownership/", ownership.page, name="ownership"),
    path("<slug:organization>/projects/<slug:project>/ownership/files/", ownership.add_file, name="codeowners_add"),
    path(
        "<slug:organization>/projects/<slug:project>/ownership/files/<int:file_id>/",
        ownership.change_file,
        name="codeowners",
    ),
    path(
        "<slug:organization>/projects/<slug:project>/ownership/names/", ownership.associate, name="codeowners_name"
    ),
    path("<slug:organization>/rules/", rules_organization.index, name="organization_rules"),
    path("<slug:organization>/rules/new/", rule_editor.new, name="organization_rule_new"),
    path("<slug:organization>/rules/channels/", rule_channels.suggest, name="organization_rule_channels"),
    path("<slug:organization>/rules/waiting/<str:task>/", rule_editor.waiting, name="organization_rule_task"),
    path("<slug:organization>/rules/<int:rule_id>/", rule_editor.edit, name="organization_rule_edit"),
    path("<slug:organization>/rules/<int:rule_id>/remove/", rule_editor.remove, name="organization_rule_remove"),
    path(
        "<slug:organization>/rules/<int:rule_id>/switch/",
        rules_organization.switch,
        name="organization_rule_switch",
    ),
    path("<slug:organization>/rules/<int:rule_id>/keep/", rules_organization.keep, name="organization_rule_keep"),
    path("<slug:organization>/releases/", releases.index, name="releases"),
    path("<slug:organization>/releases/<path:version>/", releases.one, name="release"),
    path("<slug:organization>/code-hosts/", code_hosts.index, name="code_hosts"),
    path("<slug:organization>/code-hosts/sign/", code_hosts.sign, name="code_host_sign"),
    path("<slug:organization>/code-hosts/<slug:provider>/remove/", code_hosts.remove, name="code_host_remove"),
    path("<slug:organization>/deliveries/", deliveries.index, name="deliveries"),
    path("<slug:organization>/deliveries/replay/", deliveries.replay, name="replay"),
    path("<slug:organization>/deliveries/<int:delivery_id>/", deliveries.one, name="delivery"),
    path("<slug:organization>/deliveries/<int:delivery_id>/mail/", deliveries.mail, name="delivery_mail"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("<slug:organization>/join/", invitations.join, name="join"),
    path("<slug:organization>/what-if/", whatif.if_alerted, name="what_if"),
    path("<slug:organization>/members/", members.index, name="members"),
    path("<slug:organization>/members/invite/", members.invite, name="invite"),
    path("<slug:organization>/members/<int:membership_id>/", members.change, name="member"),
    path("<slug:organization>/members/requests/<int:request_id>/", members.decide, name="member_request"),
    path("<slug:organization>/members/invitations/<int:invitation_id>/", members.withdraw, name="withdraw"),
    path("<slug:organization>/outbox/", outbox.index, name="outbox"),
    path("<slug:organization>/outbox/<int:delivery_id>/", outbox.one, name="outbox_message"),
    path("<slug:organization>/integrations/", integrations.index, name="integrations"),
    path("<slug:organization>/integrations/<slug:provider>/new/", integrations.new, name="integration_new"),
    path(
        "<slug:organization>/integrations/<slug:provider>/environment/",
        integrations.by_environment,
        name="integration_environment",
    ),
    path("<slug:organization>/integrations/<slug:provider>/install/", installing.begin, name="integration_install"),
    path("<slug:organization>/integrations/<int:integration_id>/", integrations.one, name="integration"),
    path("<slug:organization>/integrations/<int:integration_id>/once/", integrations.once, name="integration_once"),
    path("<slug:organization>/integrations/<int:integration_id>/test/", integrations.test, name="integration_test"),
    path(
        "<slug:organization>/integrations/<int:integration_id>/remove/",
        integrations.remove,
        name="integration_remove",
    ),
]
