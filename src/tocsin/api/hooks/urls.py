"""The hooks' addresses: with the organization's slug, or without where only one organization is told."""

from django.urls import URLPattern, URLResolver, path

from tocsin.api.hooks import github, gitlab

urlpatterns: list[URLPattern | URLResolver] = [
    path("github/webhook/", github.webhook),
    path("github/webhook/<slug:organization>/", github.webhook),
    path("gitlab/webhook/", gitlab.webhook),
    path("gitlab/webhook/<slug:organization>/", gitlab.webhook),
]
