"""Is what the page on rules prints accepted and refused as it says?"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from seriatim.rules.faults import NotARule
from seriatim.rules.parse import parse
from seriatim.rules.variables import Kind, Variable

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
UNITS = {
    "creatinine": "mg/dL", "platelets": "10*9/L", "map": "mm[Hg]", "weight": "kg", "baseline_weight": "kg",
    "urine_rate": "mL/h", "pressor_rate": "ug/kg/min", "dose": "[IU-aldesleukin]",
}  # fmt: skip
OTHER = {"creatinine": {"umol/L": Fraction(5, 442)}}
PLAUSIBLE = (Fraction(0), Fraction(1_000_000))
VARIABLES = {
    name: Variable(name, Kind.QUANTITY, unit, {unit: Fraction(1), **OTHER.get(name, {})}, plausible=PLAUSIBLE)
    for name, unit in UNITS.items()
}
VARIABLES |= {name: Variable(name, Kind.BOOLEAN) for name in ("troponin_raised", "ecg_ischaemia", "ecg", "transfused")}
VARIABLES["held_doses"] = Variable("held_doses", Kind.COUNT)
VARIABLES["mental_status"] = Variable(
    "mental_status", Kind.ORDINAL, levels=("normal", "vivid dreams", "confused", "coma")
)
VARIABLES["response"] = Variable("response", Kind.CATEGORY, levels=("CR", "PR", "SD"))


def column(section: str, place: int) -> list[str]:
    """The code in one column of the table below a heading."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row[place])]


CONDITIONS = [
    *column("Ten rules", 0),
    *[code for code in column("What there is", 0) if re.search(r"[a-z]", code) and "a, b, c" not in code],
    *[code for code in column("What is refused", 2) if re.search(r"creatinine|troponin", code)],
]
REFUSED = [
    code for code in column("What is refused", 0) if re.search(r"[a-z]{4}.*[<>=(]| IS ", code) and "..." not in code
]


def test_the_page_shows_ten_rules():
    assert len(column("Ten rules", 0)) == 10
    assert len(CONDITIONS) >= 24
    assert len(REFUSED) >= 9


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_rule_of_the_page_is_a_rule(text):
    parse(text, VARIABLES, ("relative",))


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_page_refuses_is_refused(text):
    with pytest.raises(NotARule):
        parse(text, VARIABLES, ("relative",))


def test_thresholds_that_the_page_calls_the_same_are():
    assert parse("creatinine >= '265.2 umol/L'", VARIABLES) == parse("creatinine >= '3 mg/dL'", VARIABLES)
