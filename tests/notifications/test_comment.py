"""A comment is said in full, wherever it is told."""

from tocsin.core.activity import example
from tocsin.notifications.comment import NOTIFICATION_KIND, sentence

FACTS = example(data={"text": "I have a fix."})


def test_it_says_who_commented():
    assert sentence(FACTS) == "Ana Ahn commented on SHOP-12"


def test_its_text_is_in_the_message():
    assert "I have a fix." in NOTIFICATION_KIND.render(FACTS).plain()


def test_its_text_is_in_the_thread():
    brief = NOTIFICATION_KIND.brief(FACTS)

    assert brief.title == "Ana Ahn commented on SHOP-12"
    assert "I have a fix." in brief.plain()
