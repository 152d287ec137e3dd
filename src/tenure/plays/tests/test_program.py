"""Steps become numbered lines, and every way through them ends."""

from tenure.plays.definition.program import program
from tenure.plays.definition.shape import (
    BranchStep,
    Definition,
    Step,
    StopStep,
    Trigger,
    WaitStep,
)
from tenure.segments.conditions import Group

RULE = Group("all", ())


def play(*steps: Step) -> Definition:
    return Definition("k", {"": "t"}, {"": "g"}, "risk", Trigger("manual"), steps)


def test_steps_follow_one_another_to_the_end() -> None:
    lines = program(play(WaitStep(1), WaitStep(2)))
    assert [(line.place, line.after) for line in lines] == [("1", 1), ("2", 2)]


def test_both_ways_of_a_branch_come_together_again() -> None:
    branch = BranchStep(RULE, (WaitStep(1), WaitStep(2)), (WaitStep(3),))
    lines = program(play(branch, StopStep()))
    assert [line.place for line in lines] == ["1", "1.1", "1.2", "1b.1", "2"]
    assert (lines[0].after, lines[0].otherwise) == (1, 3)
    assert [line.after for line in lines] == [1, 2, 4, 4, 5]


def test_a_branch_without_an_other_way_goes_on_after_it() -> None:
    inner = BranchStep(RULE, (WaitStep(1),))
    lines = program(play(BranchStep(RULE, (inner,)), WaitStep(9)))
    assert (lines[0].after, lines[0].otherwise) == (1, 3)
    assert (lines[1].after, lines[1].otherwise) == (2, 3)
    assert lines[2].after == 3
    assert lines[3].after == 4 == len(lines)


def test_a_branch_at_the_end_of_a_way_ends_where_that_way_does() -> None:
    inner = BranchStep(RULE, (), (WaitStep(1),))
    lines = program(play(BranchStep(RULE, (WaitStep(0), inner), (WaitStep(2),))))
    assert (lines[2].after, lines[2].otherwise) == (5, 3)
    assert lines[3].after == 5 == len(lines)
