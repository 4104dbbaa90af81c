"""The acts, in the order in which a community lives them.

Each check states what must come out; the demonstration fails if one does not.
"""

from examples.demo.cast import Told
from examples.demo.decision import decide
from examples.demo.door import open_a_door_without_network
from examples.demo.endings import lose_things, remove_a_member
from examples.demo.opening import found_a_city, visit_apps
from examples.demo.stage import Stage
from examples.demo.voting import vote


def play(stage: Stage) -> Told:
    """Play all acts; raises StoryFailed where one cannot go on."""
    told = Told()
    found_a_city(stage, told)
    visit_apps(stage, told)
    vote(stage, told)
    decide(stage, told)
    open_a_door_without_network(stage, told)
    lose_things(stage, told)
    remove_a_member(stage, told)
    return told
