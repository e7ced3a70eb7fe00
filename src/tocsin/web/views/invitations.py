"""For those who are not in yet: accepting an invitation, and asking to join."""

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tocsin.pipeline import clock
from tocsin.pipeline.members import UnusableError, Wanted, accept, ask_to_join
from tocsin.store.models import Organization
from tocsin.store.queries import members
from tocsin.web import throttle
from tocsin.web.access import came_by_link
from tocsin.web.views.sign_in import BACKEND

# The same words whether somebody is a member, waits already or was noted: who is here is nobody's business.
ASKED = "Noted. If you are let in, a mail with a link reaches that address."


class JoinForm(forms.Form):
    name = forms.CharField(max_length=200)
    email = forms.EmailField(max_length=254)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows a button, as mail scanners follow links; POST lets in, once. Who has an account signs in."""
    now = clock.now()
    found = members.invitation(token)
    if found is None or found.used is not None or found.expires <= now:
        return render(request, "invitation.html", {"is_over": True}, status=410)
    if request.method != "POST":
        return render(request, "invitation.html", {"invitation": found})
    signed_in = request.user if request.user.is_authenticated else None
    if signed_in is None and members.has_account(found.email):
        return redirect_to_login(request.get_full_path())
    person = accept(token, user=signed_in, name=request.POST.get("name", ""), now=now)
    if person is None:
        return render(request, "invitation.html", {"is_over": True}, status=410)
    if signed_in is None:
        login(request, person, BACKEND)
        came_by_link(request, now)
    messages.success(request, f"You are a member of {found.organization.name}.")
    return redirect("issues", organization=found.organization.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, organization: str) -> HttpResponse:
    """A stranger asks to be let in; the answer is the same whoever they are."""
    found = Organization.objects.filter(slug=organization, takes_requests=True).first()
    if found is None:
        raise Http404("There is no such organization, or it takes no requests.")
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "join.html", {"place": found, "form": form}, status=400 if form.errors else 200)
    if not throttle.may_ask(request.META.get("REMOTE_ADDR", "")):
        return render(request, "join.html", {"place": found, "form": form, "too_often": True}, status=429)
    try:
        wanted = Wanted(form.cleaned_data["email"], name=form.cleaned_data["name"])
        ask_to_join(found, wanted, clock.now())
    except UnusableError as error:
        form.add_error("email", str(error))
        return render(request, "join.html", {"place": found, "form": form}, status=400)
    return render(request, "join.html", {"place": found, "said": ASKED})
