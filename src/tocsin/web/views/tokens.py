"""A person's API tokens: what their scripts and clients sign in with, each for one organization."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.pipeline import links
from tocsin.store.models import Organization
from tocsin.store.queries import accounts, api_tokens
from tocsin.store.writes import api_tokens as writes
from tocsin.web.access import PersonRequest, signed_in


class TokenForm(forms.Form):
    """A name that is there already is refused: a new token of the same name would end the old one unasked."""

    name = forms.CharField(max_length=64)
    organization = forms.ChoiceField()

    def __init__(self, user_id: int, organizations: list[Organization], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id = user_id
        self.fields["organization"] = forms.ChoiceField(choices=[(one.pk, one.name) for one in organizations])

    def clean(self) -> dict[str, Any]:
        sent = self.cleaned_data
        if {"name", "organization"} <= sent.keys():
            sent["organization"] = int(sent["organization"])
            if api_tokens.has(self.user_id, sent["organization"], sent["name"]):
                raise ValidationError(
                    {"name": "You have a token of that name. Revoke it first, or name this one otherwise."}
                )
        return sent


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: PersonRequest) -> HttpResponse:
    """A new token stands on the answer to its making and nowhere else: only its hash is kept."""
    organizations = [one.organization for one in accounts.memberships(request.person.pk)]
    form = TokenForm(request.person.pk, organizations, request.POST if request.method == "POST" else None)
    made = _make(request, form) if form.is_valid() else ""
    context = {
        "form": TokenForm(request.person.pk, organizations) if made else form,
        "organizations": organizations,
        "made": made,
        "address": f"{links.base()}/api/0/",
        "tokens": api_tokens.of_person(request.person.pk),
    }
    return render(request, "tokens.html", context, status=400 if form.errors else 200)


def _make(request: PersonRequest, form: TokenForm) -> str:
    sent = form.cleaned_data
    return writes.issue(
        user_id=request.person.pk, organization_id=sent["organization"], name=sent["name"], now=request.now
    )


@signed_in
@require_POST
def revoke(request: PersonRequest, token_id: int) -> HttpResponse:
    name = writes.revoke(request.person.pk, token_id, request.now)
    if name is None:
        raise Http404("You have no such token.")
    messages.success(request, f"The token {name} is revoked: what used it is refused from now on.")
    return redirect("tokens")
