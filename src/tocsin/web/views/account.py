"""A person's own account: what they are called, when it is for them, and their password."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tocsin.store.models import User
from tocsin.store.queries import accounts
from tocsin.store.writes import accounts as account_writes
from tocsin.web.access import PersonRequest, has_just_come_by_link, signed_in

NOWHERE = "@localhost"  # the first start's owner has such an address until they give their own


class ProfileForm(forms.Form):
    """The address may be given once: what people sign in with is not changed by whoever finds a screen open."""

    name = forms.CharField(max_length=200, required=False)
    time_zone = forms.CharField(max_length=64)
    email = forms.EmailField(max_length=254)

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not person.email.endswith(NOWHERE):
            del self.fields["email"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if not email.endswith(NOWHERE) and accounts.is_taken(email):
            raise ValidationError("Somebody signs in with that address already.")
        return email

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise ValidationError(f"There is no time zone called {zone!r}. Pick one from the list.")
        return zone


class PasswordForm(forms.Form):
    """The present password is asked for: an unattended screen is no invitation.

    Not of whoever has none, nor of whoever has just come by a one-time link, as one does who forgot it.
    """

    present = forms.CharField(max_length=1024, strip=False, required=False)
    chosen = forms.CharField(max_length=1024, strip=False)

    def __init__(self, person: User, is_asked: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.is_asked = person, is_asked

    def clean_present(self) -> str:
        present = str(self.cleaned_data["present"])
        if self.is_asked and not self.person.check_password(present):
            raise ValidationError("That is not your present password.")
        return present

    def clean_chosen(self) -> str:
        chosen = str(self.cleaned_data["chosen"])
        validate_password(chosen, self.person)
        return chosen


@sensitive_post_parameters("present", "chosen")
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PersonRequest) -> HttpResponse:
    """Two forms on one page; the button's name says which one was sent."""
    about = {"name": request.person.name, "time_zone": request.person.time_zone, "email": request.person.email}
    is_asked = request.person.has_usable_password() and not has_just_come_by_link(request)
    profile, password = ProfileForm(request.person, initial=about), PasswordForm(request.person, is_asked)
    if "profile" in request.POST:
        profile = ProfileForm(request.person, request.POST)
        if profile.is_valid():
            return _describe(request, profile)
    elif "password" in request.POST:
        password = PasswordForm(request.person, is_asked, request.POST)
        if password.is_valid():
            return _choose_password(request, password)
    context = {
        "profile": profile,
        "password": password,
        "zones": sorted(available_timezones()),
        "has_password": request.person.has_usable_password(),
    }
    return render(request, "account.html", context, status=400 if profile.errors or password.errors else 200)


def _describe(request: PersonRequest, form: ProfileForm) -> HttpResponse:
    account_writes.described(request.person, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("account")


def _choose_password(request: PersonRequest, form: PasswordForm) -> HttpResponse:
    account_writes.chose_password(request.person, form.cleaned_data["chosen"])
    update_session_auth_hash(cast("HttpRequest", request), request.person)
    messages.success(request, "Your password is changed. You are signed out everywhere else.")
    return redirect("account")
