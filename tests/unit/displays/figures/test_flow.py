"""Does the flow say who was set aside, and why?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.flow import FlowStep, SetAside, flow

READ = FlowStep("records read", 5, (SetAside(2, "no date of the first dose"),))
KEPT = FlowStep("patients", 3)


def test_those_set_aside_stand_beside_the_arrow() -> None:
    datasets = flow([READ, KEPT]).spec["datasets"]
    assert datasets["asides"][0]["words"] == ["2 no date of the first dose"]
    (arrow,) = datasets["arrows"]
    assert datasets["boxes"][0]["bottom"] == arrow["from"] < datasets["asides"][0]["at"] < arrow["to"]


def test_long_reason_is_broken_into_lines_and_makes_its_room() -> None:
    long = FlowStep("records read", 5, tuple(SetAside(1, "a reason that has no end " * 6) for _ in range(3)))
    datasets = flow([long, KEPT]).spec["datasets"]
    lines = datasets["asides"][0]["words"]
    assert max(map(len, lines)) <= 58
    assert datasets["arrows"][0]["to"] - datasets["arrows"][0]["from"] >= 15 * len(lines)


def test_alternative_reads_the_flow_from_top_to_bottom() -> None:
    assert flow([READ, KEPT]).alternative == ("5 records read; 2 set aside (2 no date of the first dose); 3 patients.")


def test_no_step_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        flow([])
