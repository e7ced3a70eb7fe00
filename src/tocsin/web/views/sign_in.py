"""Signing in by password or by a link that works once, and signing out."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.pipeline import clock
from tocsin.store.models import User
from tocsin.store.queries import accounts
from tocsin.store.writes import accounts as account_writes
from tocsin.web import throttle
from tocsin.web.access import came_by_link

BACKEND = "django.contrib.auth.backends.ModelBackend"
WRONG = "That e-mail address and password do not belong together here. Check both, or use a one-time link."
TOO_OFTEN = "Too many tries. Wait a quarter of an hour, or use a one-time link."


class SignInForm(forms.Form):
    email = forms.EmailField(max_length=254)
    password = forms.CharField(max_length=1024, strip=False)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same answer, after the same work, for a wrong password and for an address that nobody has."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(_next(request))
    if request.method != "POST":
        return _page(request)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, WRONG, 400)
    email, place = form.cleaned_data["email"], request.META.get("REMOTE_ADDR", "")
    if throttle.is_over(email, place):
        return _page(request, TOO_OFTEN, 429)
    person = authenticate(request, username=email, password=form.cleaned_data["password"])
    if person is None:
        throttle.failed(email, place)
        return _page(request, WRONG, 400)
    login(request, person, BACKEND)
    return redirect(_next(request))


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"problem": problem, "email": request.POST.get("email", ""), "next": _next(request)}
    return render(request, "sign_in.html", context, status=status)


def _next(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else "/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows a button, as mail scanners follow links; POST signs in, once."""
    now = clock.now()
    link = accounts.sign_in_link(token)
    if link is None:
        return render(request, "sign_in_link.html", {"problem": "unknown"}, status=404)
    person = account_writes.use_sign_in_link(token, now) if request.method == "POST" else None
    if person is None:
        problem = (
            "" if accounts.is_live(link, now) and request.method != "POST" else _problem(link.used is not None)
        )
        return render(
            request, "sign_in_link.html", {"link": link, "problem": problem}, status=410 if problem else 200
        )
    return _welcome(request, person, now)


def _problem(is_used: bool) -> str:
    return "used" if is_used else "expired"


def _welcome(request: HttpRequest, person: User, now: datetime) -> HttpResponse:
    login(request, person, BACKEND)
    came_by_link(request, now)
    if person.has_usable_password():
        messages.info(request, "You are in. If you forgot your password, choose a new one under your name soon.")
    else:
        messages.info(request, "You are in. Choose a password under your name, or keep using one-time links.")
    return redirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign_in")
