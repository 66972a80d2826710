"""Is every way to declare a dose said in words?"""

from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.exports.dose_lines import dose_lines

SOURCE = {"ref": "label", "at": "2"}


def said(**parts):
    rule = {"modifications": "none_allowed", "hard_limits": {"per_dose": "400 mg"}, "source": SOURCE, **parts}
    return dict(dose_lines(DoseRule.model_validate(rule)))


def test_a_flat_dose_asks_for_no_weight():
    lines = said(basis={"amount": "300 mg"})
    assert lines["Amount"] == "300 milligrams"
    assert "Weight" not in lines


def test_a_dose_by_body_surface_says_formula_and_cap():
    lines = said(
        basis={"amount": "100 mg/m2", "weight": "actual"},
        weight={"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
        height={"plausible": ["120 cm", "220 cm"]},
        body_surface={"formula": "du_bois", "round": {"to": "0.01 m2", "mode": "half_up"}, "cap": "2 m2"},
    )
    assert lines["Amount"] == "100 milligrams per square metre"
    assert lines["Weight"] == "the newest actual weight"
    assert lines["Body surface"] == "formula du bois, at most 2 square metres"


def test_levels_are_said_with_whether_a_dose_is_raised_again():
    levels = [{"name": "full", "share": "100 %"}, {"name": "reduced", "share": "75 %"}]
    lines = said(basis={"amount": "300 mg"}, modifications={"levels": levels})
    assert lines["Reduction"] == "by levels (full: 100 percent; reduced: 75 percent); no dose is raised again"
    again = said(basis={"amount": "300 mg"}, modifications={"levels": levels, "re_escalation": "allowed"})
    assert again["Reduction"].endswith("it may be raised again")


def test_bands_are_said_with_their_bound():
    table = [{"at_least": "100 mg", "below": "200 mg", "give": "150 mg"}]
    lines = said(basis={"amount": "150 mg"}, bands={"table": table, "max_deviation": "50 %", "source": SOURCE})
    assert lines["Dose bands"] == "1, by 50 percent at most"


def test_limits_of_a_day_a_cycle_and_a_lifetime_are_each_said():
    limits = {"per_dose": "400 mg", "per_day": "800 mg", "per_cycle": "3 g", "lifetime": "9 g", "per_cycle_doses": 8}
    rule = {"basis": {"amount": "300 mg"}, "modifications": "none_allowed", "hard_limits": limits, "source": SOURCE}
    found = [text for name, text in dose_lines(DoseRule.model_validate(rule)) if name == "Never more than"]
    assert found == [
        "400 milligrams in one dose", "800 milligrams in any 24 hours", "3 grams in one cycle", "9 grams in a lifetime",
        "8 doses in one cycle",
    ]  # fmt: skip
