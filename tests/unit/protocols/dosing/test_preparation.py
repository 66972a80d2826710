"""Which preparations may not be hung?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.preparation import OpenedVial, Prepared, preparation_reasons
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.weight import Weighed

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = DoseRule.model_validate(
    {
        "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "actual"},
        "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
        "modifications": "none_allowed",
        "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
        "product": {
            "name": "brand A",
            "vial_label": "22 M[IU-aldesleukin]",
            "deliverable": "21.6 M[IU-aldesleukin]",
            "concentration": "18 M[IU-aldesleukin]/mL",
            "partial_vials": "discard",
            "stable_for": "48 h",
        },
        "diluent": {
            "allow": ["D5W"],
            "volume": "50 mL",
            "infuse_over": "15 min",
            "do_not_mix": ["NS"],
            "filter": "none",
            "line": "flushed with D5W, alone",
        },
        "source": {"ref": "label", "at": "2.2"},
    }
)
VIALS = tuple(OpenedVial(f"lot-{number}", date(2026, 3, 3)) for number in range(3))
READY = Prepared(START - HOUR, VIALS, "brand A", "D5W", "none", "flushed with D5W, alone")


def dose() -> Dose:
    answer = calculate_dose(RULE, weight=Weighed(read_quantity("82.4 kg"), START), at=START)
    assert isinstance(answer, Dose)
    return answer


def faults(prepared: Prepared, planned: datetime = START) -> list[str]:
    return [reason.rule for reason in preparation_reasons(RULE, dose(), prepared, planned)]


def test_what_was_prepared_as_declared_may_be_given():
    assert faults(READY) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"product": "brand B"}, "preparation.product"),
        ({"product": None}, "preparation.product"),
        ({"diluent": "NS"}, "preparation.diluent"),
        ({"diluent": None}, "preparation.diluent"),
        ({"filter": "0.2 um"}, "preparation.filter"),
        ({"line": "shared with dopamine"}, "preparation.line"),
        ({"vials": VIALS[:2]}, "preparation.vials"),
        ({"vials": (*VIALS[:2], OpenedVial(" ", date(2026, 3, 3)))}, "preparation.lot"),
        ({"vials": (*VIALS[:2], OpenedVial("lot-9", date(2026, 3, 1)))}, "preparation.expired"),
        ({"prepared_at": START + HOUR}, "preparation.future"),
    ],
)
def test_each_difference_from_the_protocol_is_found(changed, fault):
    assert faults(replace(READY, **changed)) == [fault]


def test_the_infusion_ends_before_the_preparation_is_unstable():
    assert faults(replace(READY, prepared_at=START - timedelta(hours=47, minutes=45))) == []
    assert faults(replace(READY, prepared_at=START - timedelta(hours=47, minutes=46))) == ["preparation.stable"]


def test_a_vial_may_be_used_on_its_day_of_expiry():
    assert faults(replace(READY, vials=tuple(replace(vial, expires=START.date()) for vial in VIALS))) == []


def test_several_faults_are_told_at_once():
    assert len(faults(replace(READY, product="brand B", diluent="NS", vials=()))) == 3


def test_a_protocol_that_declares_no_preparation_checks_none():
    bare = RULE.model_copy(update={"product": None, "diluent": None})
    assert preparation_reasons(bare, dose(), Prepared(START, ()), START) == ()


def test_a_time_without_zone_is_a_wrong_call():
    with pytest.raises(Misuse, match="time zone"):
        Prepared(datetime(2026, 3, 2, 6, 0), VIALS)  # noqa: DTZ001


def test_a_diluent_that_must_not_be_mixed_is_told_as_such():
    (reason,) = preparation_reasons(RULE, dose(), replace(READY, diluent="NS"), START)
    assert reason.found == "the diluent NS (it must not be mixed with this drug)"
    assert reason.expected == "D5W"
