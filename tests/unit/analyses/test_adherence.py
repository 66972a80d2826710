"""Are shares of doses those on which the protocol decided, and is there a reason where there are none?"""

from __future__ import annotations

import pytest

from seriatim.analyses.adherence import LEVELS, Options, analyse, needs
from seriatim.plans.grouping import Blocks
from seriatim.plans.plan import Plan
from seriatim.tallies.spec import Key, Role, TallySpec
from seriatim.tallies.tally import Tally, tally_from_rows

PLAN = Plan(title="t", grouping=Blocks(by="blocks", size=155))
OPTIONS = Options(protocol="ward.yaml")


def filled(spec: TallySpec, rows: list[tuple]) -> Tally:
    levels = {"group": ("cases 1–12",), "stratum": ("all",), "reason": ("no reason charted",)}
    keys = tuple(Key(key.name, key.role, key.levels or levels.get(key.name, ())) for key in spec.keys)
    assert all(key.levels or key.role is Role.ORDER for key in keys)
    return tally_from_rows(spec.name, spec.unit, spec.definition, keys, rows)


def results(by_case: list[tuple]):
    decisions, cases = needs(PLAN, OPTIONS)
    tallies = {"decisions": filled(decisions, []), "adherence_by_case": filled(cases, by_case)}
    return analyse(tallies, PLAN, OPTIONS)


def test_undecided_and_skipped_doses_are_in_no_share_but_counted_as_left_out():
    rows = [("cases 1–12", case, "this protocol", LEVELS[0], 3) for case in range(1, 13)]
    rows += [("cases 1–12", 1, "this protocol", LEVELS[1], 4), ("cases 1–12", 2, "this protocol", LEVELS[2], 5)]
    rows += [("cases 1–12", 3, "this protocol", "skipped or refused", 6)]
    followed = next(row for row in results(rows) if row.statistic == "followed")
    assert (followed.numerator, followed.denominator, followed.missing) == (36, 40, 11)
    assert followed.value == pytest.approx(0.9)
    assert followed.lower < 0.9 < followed.upper


def test_few_patients_have_a_share_without_an_interval_and_the_reason():
    rows = [("cases 1–12", case, "this protocol", LEVELS[case % 2], 3) for case in (1, 2, 3)]
    followed = next(row for row in results(rows) if row.statistic == "followed")
    assert followed.lower is None
    assert "3 patients" in followed.warning


def test_a_series_without_dated_doses_has_the_reason():
    (row,) = results([])
    assert (row.value, row.reason) == (None, "the series has no planned dose with a time")
