"""A person's mail addresses: further ones are proved by a link, and projects write to the one that is chosen."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.pipeline.address_change import TooManyChangesError, UnwritableAddressError
from tocsin.pipeline.addresses import add, asked_about, prove
from tocsin.store.queries import addresses as queries
from tocsin.store.queries import preferences
from tocsin.store.writes import addresses as writes
from tocsin.store.writes.preferences import routed_mail
from tocsin.web.access import PersonRequest, signed_in


class AddressForm(forms.Form):
    email = forms.EmailField(max_length=254)

    def __init__(self, request: PersonRequest, sent: QueryDict | None) -> None:
        super().__init__(sent)
        self.own = request.person.email

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.own:
            raise ValidationError("That is the address you sign in with.")
        return email


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def addresses(request: PersonRequest) -> HttpResponse:
    form = AddressForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid() and _added(request, form):
        return redirect("addresses")
    routed = preferences.project_emails(request.person.pk)
    verified = preferences.verified_emails(request.person.pk)
    context = {
        "form": form,
        "addresses": queries.of_person(request.person.pk),
        "verified": verified,
        "projects": [
            (one, routed.get(one.project_id, verified[0])) for one in preferences.places(request.person.pk)
        ],
    }
    return render(request, "addresses.html", context, status=400 if form.errors else 200)


def _added(request: PersonRequest, form: AddressForm) -> bool:
    email = form.cleaned_data["email"]
    try:
        add(request.person, email, request.now)
    except (UnwritableAddressError, TooManyChangesError) as error:
        form.add_error("email", str(error))
        return False
    messages.info(request, f"A mail went to {email}. Open its link within 24 hours, signed in as now.")
    return True


@require_POST
@signed_in
def remove(request: PersonRequest, address_id: int) -> HttpResponse:
    email = writes.removed(request.person.pk, address_id)
    if not email:
        raise Http404("You have no such address.")
    messages.success(request, f"{email} is removed; nothing is sent there any more.")
    return redirect("addresses")


@require_POST
@signed_in
def route(request: PersonRequest) -> HttpResponse:
    """Where the mail of each project goes: `project:7` is one of the person's proved addresses."""
    verified = preferences.verified_emails(request.person.pk)
    mine = {f"project:{one.project_id}": one for one in preferences.places(request.person.pk)}
    wished = {key: email for key, email in request.POST.dict().items() if key.startswith("project:")}
    if not set(wished) <= set(mine):
        raise Http404("There is no such project, or you are in none of its teams.")
    if not set(wished.values()) <= set(verified):
        messages.error(request, "Only an address that you proved can be written to. Nothing was changed.")
        return redirect("addresses")
    for key, email in wished.items():
        routed_mail(request.person.pk, mine[key].project_id, "" if email == verified[0] else email)
    messages.success(request, "Saved.")
    return redirect("addresses")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def proof(request: PersonRequest, token: str) -> HttpResponse:
    """GET only shows a button, as mail scanners follow links."""
    email = asked_about(request.person.pk, token, request.now)
    if email is None:
        return render(request, "address_proof.html", {"email": ""}, status=404)
    if request.method == "POST":
        prove(request.person.pk, token, request.now)
        messages.success(request, f"{email} is yours. Choose below which projects write there.")
        return redirect("addresses")
    return render(request, "address_proof.html", {"email": email})
