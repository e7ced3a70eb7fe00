"""Where each address leads: pages, API and health beside each other."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/0/", include("tocsin.api.urls")),
    path("extensions/", include("tocsin.api.hooks.urls")),
    path("extensions/", include("tocsin.chat.urls")),
    path("", include("tocsin.web.urls")),
]
