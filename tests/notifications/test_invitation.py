"""The mail that lets somebody in."""

from tocsin.notifications.invitation import EXAMPLE, NOTIFICATION_KIND, render


def test_it_says_who_invites_where_as_what():
    words = render(EXAMPLE).plain()

    assert "invited by Ana Ahn to hear of the errors of Acme, as member" in words


def test_its_link_holds_the_secret_which_pages_never_show():
    assert render(EXAMPLE).link == "https://tocsin.example/invitations/q1w2e3/"
    assert NOTIFICATION_KIND.secret == ("token",)
