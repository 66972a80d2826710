"""Has any picture changed that nobody meant to change? Each specification against the one last read and agreed to."""

from __future__ import annotations

import altair
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from seriatim.displays.figures import theme
from seriatim.displays.figures.death_run import death_run
from seriatim.displays.figures.distribution_by_group import GroupQuantiles, distribution_by_group
from seriatim.displays.figures.dose_distribution import DoseGroup, dose_distribution
from seriatim.displays.figures.flow import FlowStep, SetAside, flow
from seriatim.displays.figures.grade_bars import GradedGroup, GradedTerm, grade_bars
from seriatim.displays.figures.hazard_by_dose import CumulativeRisk, DoseRisk, HazardGroup, hazard_by_dose
from seriatim.displays.figures.incidence_panels import (
    CurvePoint,
    EndpointPanel,
    GroupProportion,
    PracticeChange,
    incidence_panels,
)
from seriatim.displays.figures.interval_against_margin import MarginRow, interval_against_margin
from seriatim.displays.figures.shift import ShiftCount, ShiftGroup, shift
from seriatim.displays.figures.standardised_differences import Balance, standardised_differences
from seriatim.displays.figures.survival_steps import SurvivalGroup, SurvivalStep, survival_steps
from seriatim.pages import Figure
from seriatim.reports import figures

GROUPS = (GroupProportion(1, 3, 2, 3, 0.09, 0.99), GroupProportion(4, 6, 0, 3, 0.0, 0.71))
CURVE = (CurvePoint(1, 0.6, 0.2, 0.9), CurvePoint(6, 0.1, 0.0, 0.5))
STEPS = (SurvivalStep(0, 1.0, 1.0, 1.0), SurvivalStep(4, 0.67, 0.1, 0.9))

PICTURES = [
    incidence_panels([EndpointPanel("Line sepsis", (1, 3), GROUPS, CURVE)], [PracticeChange(4, "oxacillin")]),
    grade_bars([GradedTerm("Hypotension", (GradedGroup("1–5", 1, (0, 1, 1, 0, 0), 1, 1),))]),
    dose_distribution([DoseGroup("1–3", ((12, 1), (13, 2)), 13.0, 12, 13), DoseGroup("4–6", ((7, 3),), 7.0)]),
    hazard_by_dose(
        [HazardGroup("1–4", (DoseRisk(1, 4, 1, 0.01, 0.81),), (CumulativeRisk(1, 0.25, 0.05, 0.8),))],
        event="hypotension",
    ),
    death_run([2, 5], 9, upper=0.53),
    interval_against_margin([MarginRow("Melanoma", "3/10 → 2/10", -0.1, -0.45, 0.27, 0.1)]),
    survival_steps([SurvivalGroup("1–3", STEPS, ((0, 3), (6, 1)), (6.0,))]),
    shift([ShiftGroup("1–3", (ShiftCount("0", "2", 3),))], levels=["0", "1", "2"], test="Creatinine"),
    distribution_by_group([GroupQuantiles("1–9", 1, 4, 6.5, 9, 14, 7, 2)], measure="Weight gain", unit="%"),
    standardised_differences([Balance("Age", 0.31, "41", "46"), Balance("Stress test", None, reason="not done")]),
    flow([FlowStep("records read", 5, (SetAside(2, "no date of the first dose"),)), FlowStep("patients", 3)]),
]


def named(figure: Figure) -> str:
    return figure.name


@pytest.mark.parametrize("figure", PICTURES, ids=named)
def test_specification_is_the_one_agreed_to(figure: Figure, snapshot: SnapshotAssertion) -> None:
    words = {"caption": figure.caption, "alternative": figure.alternative}
    own = {name: value for name, value in figure.spec.items() if name not in {"config", "$schema"}}
    assert words | {"spec": own} == snapshot(extension_class=JSONSnapshotExtension)


def test_theme_is_the_one_agreed_to(snapshot: SnapshotAssertion) -> None:
    assert snapshot(extension_class=JSONSnapshotExtension) == theme.CONFIG


def test_every_picture_wears_the_theme() -> None:
    assert all(figure.spec["config"] == theme.CONFIG for figure in PICTURES)


@pytest.mark.parametrize("figure", PICTURES, ids=named)
def test_specification_can_be_drawn_and_shows_something(figure: Figure) -> None:
    width, height = figures.size(figures.svg(figure))
    assert 150 < width < 1100
    assert 60 < height < 700


@pytest.mark.parametrize("figure", PICTURES, ids=named)
def test_specification_is_valid_vega_lite(figure: Figure) -> None:
    # The theme says of the page's background that there is none, for which the schema has no word.
    altair.Root.validate({name: value for name, value in figure.spec.items() if name != "config"})
