"""The addresses that chat services call, and the pages that their messages lead to."""

from django.urls import URLPattern, URLResolver, path

from tocsin.chat.slack import action, commands, event, link, options, setup

urlpatterns: list[URLPattern | URLResolver] = [
    path("slack/action/", action.receive),
    path("slack/commands/", commands.receive),
    path("slack/event/", event.receive),
    path("slack/options-load/", options.receive),
    path("slack/setup/", setup.show, name="slack-setup"),
    path("slack/link-identity/<str:token>/", link.show, name="slack-link"),
    path("slack/unlink-identity/<str:token>/", link.unlink, name="slack-unlink"),
]
