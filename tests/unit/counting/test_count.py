"""Is every case counted once, also those of whom a derivation says nothing?"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from seriatim import shelves
from seriatim.counting.count import count, count_all
from seriatim.derive._cases import derive_cases
from seriatim.errors import Misuse
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, numbers

PLAN = Plan(title="t", grouping={"by": "equal groups", "groups": 2}, stratum="diagnosis", strata=["melanoma", "renal"])
GROUP, STRATUM = Key("group", Role.PARTITION), Key("stratum", Role.PARTITION)
CASE = Key("case_number", Role.ORDER)
VIEW = Key("term", Role.VIEW, ("fever", "rash"))
OUTCOME = Key("outcome", Role.PARTITION, ("yes", "no"))
ABSENT = ("outcome", "no")


def series(zone: str = "UTC") -> TreatmentSeries:
    """Four patients in two groups: two with melanoma, one renal, one unknown."""
    words = ("melanoma", "renal", "melanoma", None)
    people = [
        {"patient_id": str(place), "accrual": f"1990-01-0{place}", "diagnosis": word}
        for place, word in enumerate(words, start=1)
    ]
    contacts = [{"patient_id": "1", "last_contact": "1990-02-04"}]
    tables = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows).with_row_index("source_row"))
        for name, rows in (("patient", people), ("follow_up", contacts))
    )
    return take_in(RawSource("ward", "by hand", tables, "", (), Conventions(zone=zone)))


def counted(monkeypatch, rows: Mapping[str, list], *keys: Key, zone: str = "UTC", **spec: object) -> Tally:
    """The tally of what a derivation gives, in the columns of `rows`."""
    derivation = SimpleNamespace(derive=lambda *_: nw.from_native(pl.LazyFrame(rows)))
    monkeypatch.setattr(shelves, "take", lambda *_: derivation)
    given = series(zone)
    wanted = TallySpec("it", "anything", Unit.PATIENT, keys, "patients", **spec)
    return count(given, derive_cases(given, PLAN), wanted)


HAD = {"patient_id": ["1", "3", "3"], "term": ["fever", "fever", "rash"], "outcome": ["yes", "yes", "yes"]}


def test_cases_without_a_row_take_the_absent_level_in_every_view(monkeypatch):
    tally = counted(monkeypatch, HAD, GROUP, VIEW, OUTCOME, absent=ABSENT)
    assert counts(tally, "term", "group", "outcome").tolist() == [[[1, 1], [1, 1]], [[0, 2], [1, 1]]]


def test_the_same_by_stratum_which_comes_from_the_case(monkeypatch):
    tally = counted(monkeypatch, HAD, STRATUM, VIEW, OUTCOME, absent=ABSENT)
    assert tally.levels("stratum") == ("melanoma", "renal", "other or unknown")
    assert counts(tally, "stratum", "outcome", term="fever").tolist() == [[2, 0], [0, 1], [0, 1]]


def test_the_same_by_case_number(monkeypatch):
    tally = counted(monkeypatch, HAD, CASE, VIEW, OUTCOME, absent=ABSENT)
    assert numbers(tally, "case_number").tolist() == [1, 2, 3, 4]
    assert counts(tally, "term", "case_number", "outcome").argmax(axis=2).tolist() == [[0, 1, 0, 1], [1, 1, 0, 1]]
    assert int(tally.n.sum()) == 2 * 4


def test_tally_of_the_whole_series_needs_no_key_of_the_case(monkeypatch):
    tally = counted(monkeypatch, HAD, VIEW, OUTCOME, absent=ABSENT)
    assert counts(tally, "term", "outcome").tolist() == [[2, 2], [1, 3]]


def test_absent_level_may_be_a_number(monkeypatch):
    doses = {"patient_id": ["1", "2"], "doses": [13, 7]}
    tally = counted(monkeypatch, doses, GROUP, Key("doses", Role.ORDER), absent=("doses", "0"))
    assert numbers(tally, "doses").tolist() == [0, 7, 13]
    assert counts(tally, "group", "doses").tolist() == [[0, 1, 1], [2, 0, 0]]


def test_levels_that_are_not_declared_are_taken_as_found_in_order(monkeypatch):
    rows = {"patient_id": ["1", "2", "3"], "site": ["south", "north", "south"]}
    tally = counted(monkeypatch, rows, Key("site", Role.PARTITION))
    assert tally.levels("site") == ("north", "south")
    assert counts(tally, "site").tolist() == [1, 2]


def test_patient_who_is_no_case_is_not_counted(monkeypatch):
    rows = {"patient_id": ["1", "somebody else"], "outcome": ["yes", "yes"]}
    assert int(counts(counted(monkeypatch, rows, GROUP, OUTCOME), outcome="yes")) == 1


def test_derivation_may_count_by_itself(monkeypatch):
    rows = {"group": [0, 0, 1], "term": ["fever", "fever", "rash"], "outcome": ["yes", "yes", "yes"], "n": [1, 1, 2]}
    tally = counted(monkeypatch, rows, GROUP, VIEW, OUTCOME, absent=ABSENT)
    assert counts(tally, "term", "group", "outcome").tolist() == [[[2, 0], [0, 2]], [[0, 2], [2, 0]]]


def test_level_that_the_tally_does_not_declare_is_an_error_of_the_derivation(monkeypatch):
    rows = {"patient_id": ["1"], "outcome": ["perhaps"]}
    with pytest.raises(ValueError, match=r"the derivation gave outcome levels \['perhaps'\]"):
        counted(monkeypatch, rows, GROUP, OUTCOME)


def test_more_rows_than_cases_in_one_cell_is_an_error_of_the_derivation(monkeypatch):
    rows = {"patient_id": ["1"] * 3, "term": ["fever"] * 3, "outcome": ["yes"] * 3}
    with pytest.raises(ValueError, match="more than one row for a case in one cell"):
        counted(monkeypatch, rows, GROUP, VIEW, OUTCOME, absent=ABSENT)


def test_absent_level_beside_a_key_that_is_neither_case_nor_view_has_no_meaning(monkeypatch):
    rows = {"patient_id": ["1"], "grade": ["3"], "outcome": ["yes"]}
    with pytest.raises(ValueError, match="an absent level needs every other key to be a case key or a view"):
        counted(monkeypatch, rows, GROUP, Key("grade", Role.PARTITION, ("3",)), OUTCOME, absent=ABSENT)


@pytest.mark.parametrize("zone", ["America/New_York", "UTC"])
def test_tally_carries_source_alignment_and_the_data_cut_of_the_ward(monkeypatch, zone):
    tally = counted(monkeypatch, HAD, GROUP, VIEW, OUTCOME, zone=zone, absent=ABSENT)
    assert (tally.source, tally.alignment, tally.data_cut) == ("ward", "site order", "1990-02-04")


def test_tally_that_two_analyses_share_is_counted_once_and_two_of_one_name_are_refused(monkeypatch):
    asked: list[str] = []
    frame = nw.from_native(pl.LazyFrame({"patient_id": ["1"], "outcome": ["yes"]}))
    derivation = SimpleNamespace(derive=lambda *_: asked.append("once") or frame)
    monkeypatch.setattr(shelves, "take", lambda *_: derivation)
    spec = TallySpec("it", "anything", Unit.PATIENT, (GROUP, OUTCOME), "patients")
    assert set(count_all(series(), PLAN, [spec, spec]).tallies) == {"it"}
    assert asked == ["once"]
    other = TallySpec("it", "anything", Unit.DOSE, (GROUP, OUTCOME), "doses")
    with pytest.raises(Misuse, match="two analyses need a different tally called it; rename one"):
        count_all(series(), PLAN, [spec, other])
