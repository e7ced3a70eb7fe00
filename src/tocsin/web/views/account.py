"""A person's own account: what they are called, where mail reaches them, and their password."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tocsin.pipeline.address_change import TooManyChangesError, UnwritableAddressError, change_address
from tocsin.store.queries import accounts
from tocsin.store.writes import accounts as account_writes
from tocsin.store.writes.accounts import AddressTakenError
from tocsin.web.access import PersonRequest, has_just_come_by_link, signed_in


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=200, required=False)
    time_zone = forms.CharField(max_length=64)

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise ValidationError(f"There is no time zone called {zone!r}. Pick one from the list.")
        return zone


class GuardedForm(forms.Form):
    """The present password is asked for: an unattended screen is no invitation.

    Not of whoever has none, nor of whoever has just come by a one-time link, as one does who forgot it.
    """

    present = forms.CharField(max_length=1024, strip=False, required=False)

    def __init__(self, request: PersonRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = request.person
        self.is_asked = self.person.has_usable_password() and not has_just_come_by_link(request)

    def clean_present(self) -> str:
        present = str(self.cleaned_data["present"])
        if self.is_asked and not self.person.check_password(present):
            raise ValidationError("That is not your present password.")
        return present


class AddressForm(GuardedForm):
    email = forms.EmailField(max_length=254)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.person.email:
            raise ValidationError("That is your address already.")
        if accounts.is_taken(email):
            raise ValidationError("Somebody signs in with that address already.")
        return email


class PasswordForm(GuardedForm):
    chosen = forms.CharField(max_length=1024, strip=False)

    def clean_chosen(self) -> str:
        chosen = str(self.cleaned_data["chosen"])
        validate_password(chosen, self.person)
        return chosen


@sensitive_post_parameters("present", "chosen")
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PersonRequest) -> HttpResponse:
    """Three forms on one page; the button's name says which one was sent."""
    about = {"name": request.person.name, "time_zone": request.person.time_zone}
    profile = ProfileForm(_sent(request, "profile"), initial=about)
    address = AddressForm(request, _sent(request, "address"), prefix="address")
    password = PasswordForm(request, _sent(request, "password"))
    done = _describe(request, profile) or _move(request, address) or _choose_password(request, password)
    if done:
        return done
    context = {
        "profile": profile,
        "address": address,
        "awaited": accounts.address_awaited(request.person.pk, request.now),
        "password": password,
        "zones": sorted(available_timezones()),
        "has_password": request.person.has_usable_password(),
    }
    is_wrong = profile.errors or address.errors or password.errors
    return render(request, "account.html", context, status=400 if is_wrong else 200)


def _sent(request: PersonRequest, button: str) -> QueryDict | None:
    return request.POST if button in request.POST else None


def _describe(request: PersonRequest, form: ProfileForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    account_writes.described(request.person, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("account")


def _move(request: PersonRequest, form: AddressForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    email = form.cleaned_data["email"]
    try:
        is_asked = change_address(request.person, email, request.now)
    except (UnwritableAddressError, TooManyChangesError, AddressTakenError) as error:
        form.add_error("email", str(error))
        return None
    if is_asked:
        messages.info(request, f"A mail went to {email}. Open its link within 24 hours, signed in as now.")
    else:
        messages.success(request, f"You sign in as {email} from now on. No mail server is set up to ask there.")
    return redirect("account")


def _choose_password(request: PersonRequest, form: PasswordForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    account_writes.chose_password(request.person, form.cleaned_data["chosen"], request.now)
    update_session_auth_hash(cast("HttpRequest", request), request.person)
    messages.success(request, "Your password is changed. You are signed out everywhere else.")
    return redirect("account")


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: PersonRequest, token: str) -> HttpResponse:
    """GET only shows a button, as mail scanners follow links; POST makes the address count, once."""
    change = accounts.address_change(request.person.pk, token)
    if change is None:
        return render(request, "address_change.html", {"problem": "unknown"}, status=404)
    if request.method == "POST":
        return _confirm(request, token)
    is_over = change.used is not None or change.expires <= request.now
    context = {"change": change, "problem": "over" if is_over else ""}
    return render(request, "address_change.html", context, status=410 if is_over else 200)


def _confirm(request: PersonRequest, token: str) -> HttpResponse:
    try:
        email = account_writes.use_address_change(token, request.person.pk, request.now)
    except AddressTakenError:
        return render(request, "address_change.html", {"problem": "taken"}, status=409)
    if email is None:
        return render(request, "address_change.html", {"problem": "over"}, status=410)
    messages.success(request, f"You sign in as {email} from now on, and alerts reach you there.")
    return redirect("account")
