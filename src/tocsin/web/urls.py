"""The pages' addresses."""

from django.urls import URLPattern, URLResolver, path

from tocsin.web.views.design import design

urlpatterns: list[URLPattern | URLResolver] = [
    path("-/design", design, name="design"),
]
