"""What a message about somebody who asks to be let in offers to do."""

from tocsin.core.member_acts import CONTROLS, LETS_IN
from tocsin.core.message import Press


def test_each_button_says_whether_it_lets_somebody_in():
    offered = {control.label: LETS_IN[control.does] for control in CONTROLS if isinstance(control, Press)}

    assert offered == {"Approve": True, "Reject": False}
