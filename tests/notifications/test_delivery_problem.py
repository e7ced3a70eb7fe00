"""What those who can mend a dead channel are told."""

from dataclasses import replace

from tocsin.notifications.delivery_problem import EXAMPLE, render


def test_a_channel_that_is_gone_is_named_with_what_to_do():
    message = render(EXAMPLE)

    assert message.title == "#ops in Slack takes no messages any more"
    assert "unarchive it or choose another channel" in message.plain()
    assert "replay them once it is mended" in message.plain()


def test_a_closed_account_is_named_and_what_waits_for_it_is_not_lost():
    message = render(replace(EXAMPLE, place=""))

    assert message.title == "Slack (Acme) takes no messages any more"
    assert "go out once it is connected again" in message.plain()


def test_it_leads_to_where_it_is_mended():
    assert render(EXAMPLE).link == EXAMPLE.url
