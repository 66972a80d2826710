"""Which sums may be taken of a tally, and which are refused?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.errors import Misuse, Refused
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, numbers, select, tally_from_rows

GROUP = Key("group", Role.PARTITION, ("first", "last"))
ENDPOINT = Key("endpoint", Role.VIEW, ("sepsis", "diarrhoea"), ("Line sepsis", "Diarrhoea, grade 3-4"))
OUTCOME = Key("outcome", Role.PARTITION, ("yes", "no"))
CASE = Key("case_number", Role.ORDER)


def made(*rows: tuple, keys: tuple[Key, ...] = (GROUP, ENDPOINT, OUTCOME), **header: str) -> Tally:
    return tally_from_rows("toxicity", Unit.PATIENT, "patients with each toxicity", keys, list(rows), **header)


TOXICITY = made(
    ("first", "sepsis", "yes", 28), ("first", "sepsis", "no", 127),
    ("last", "sepsis", "yes", 6), ("last", "sepsis", "no", 150),
    ("first", "diarrhoea", "yes", 143), ("first", "diarrhoea", "no", 12),
    ("last", "diarrhoea", "yes", 19), ("last", "diarrhoea", "no", 137),
)  # fmt: skip


def test_partition_is_summed_over():
    assert counts(TOXICITY, "group", endpoint="sepsis").tolist() == [155, 156]
    assert int(counts(TOXICITY, endpoint="sepsis", outcome="yes")) == 34


def test_axes_come_in_the_order_asked_for():
    assert counts(TOXICITY, "outcome", "group", endpoint="diarrhoea").tolist() == [[143, 19], [12, 137]]


def test_view_may_be_an_axis():
    assert counts(TOXICITY, "endpoint", outcome="yes").tolist() == [34, 162]


def test_summing_over_a_view_is_refused_with_the_levels_to_choose_from():
    with pytest.raises(Refused, match="count the same patients more than once; choose one of sepsis, diarrhoea"):
        counts(TOXICITY, "group")


def test_view_once_fixed_is_gone_from_the_tally():
    sepsis = select(TOXICITY, endpoint="sepsis")
    assert [key.name for key in sepsis.keys] == ["group", "outcome"]
    assert counts(sepsis, "group", outcome="yes").tolist() == [28, 6]


def test_unknown_level_is_named_with_the_known_ones():
    with pytest.raises(Misuse, match="endpoint has no level 'fever'; it has sepsis, diarrhoea"):
        select(TOXICITY, endpoint="fever")


def test_unknown_key_is_named_with_the_known_ones():
    with pytest.raises(Misuse, match="tally toxicity has no key 'grade'; it has group, outcome"):
        counts(TOXICITY, "grade", endpoint="sepsis")


def test_order_key_runs_over_the_numbers_that_there_are():
    by_case = made((3, "yes", 1), (7, "no", 1), (8, "yes", 1), keys=(CASE, OUTCOME))
    assert numbers(by_case, "case_number").tolist() == [3, 7, 8]
    assert counts(by_case, "case_number", outcome="yes").tolist() == [1, 1]
    assert counts(by_case, "case_number", "outcome").tolist() == [[1, 0], [0, 1], [1, 0]]


def test_order_key_is_summed_over():
    assert int(counts(made((3, "yes", 2), (7, "yes", 5), keys=(CASE, OUTCOME)), outcome="yes")) == 7


def test_order_key_may_be_fixed_at_a_number():
    by_case = made((3, "yes", 2), (7, "yes", 5), keys=(CASE, OUTCOME))
    assert int(counts(by_case, outcome="yes", case_number=7)) == 5


def test_order_key_without_any_case_left_has_no_place():
    nobody = select(made((3, "no", 1), keys=(CASE, OUTCOME)), outcome="yes")
    assert counts(nobody, "case_number").tolist() == []
    assert int(counts(nobody)) == 0


def test_levels_are_not_numbers():
    with pytest.raises(Misuse, match="'group' has levels, not numbers"):
        numbers(TOXICITY, "group")


def test_counts_beyond_what_32_bits_hold_stay_exact():
    large = made(("first", "sepsis", "yes", 2**40 + 1), ("last", "sepsis", "yes", 1))
    assert int(counts(large, endpoint="sepsis")) == 2**40 + 2


def test_label_is_what_a_reader_sees():
    assert TOXICITY.key("endpoint").label("diarrhoea") == "Diarrhoea, grade 3-4"
    assert TOXICITY.key("group").label("first") == "first"
    assert TOXICITY.levels("outcome") == ("yes", "no")


def test_tally_without_a_column_for_a_key_is_not_made():
    with pytest.raises(ValueError, match="keys and columns do not fit"):
        Tally("t", Unit.PATIENT, "d", (GROUP,), {}, np.array([1]))


def test_tally_with_columns_of_different_lengths_is_not_made():
    with pytest.raises(ValueError, match="keys and columns do not fit"):
        Tally("t", Unit.PATIENT, "d", (GROUP,), {"group": np.array([0, 1])}, np.array([1]))


def test_count_below_zero_is_not_made():
    with pytest.raises(ValueError, match="a count below zero"):
        made(("first", "sepsis", "yes", -1))


@pytest.mark.parametrize("place", [-1, 2])
def test_row_at_a_level_that_the_key_does_not_have_is_not_made(place):
    with pytest.raises(ValueError, match="a row of group at a level that the key does not have"):
        Tally("t", Unit.PATIENT, "d", (GROUP,), {"group": np.array([place])}, np.array([1]))


def test_tally_by_case_number_stays_inside():
    assert made((3, "yes", 500), keys=(CASE, OUTCOME)).disclosure == "inside"


def test_tally_by_replicate_stays_inside():
    patient = Key("patient", Role.REPLICATE, ("a", "b"))
    assert made(("a", "yes", 500), keys=(patient, OUTCOME)).disclosure == "inside"


def test_tally_with_a_cell_of_1_to_10_stays_inside_and_0_may_leave():
    def sized(n: int) -> str:
        return made(("first", "sepsis", "yes", n), ("first", "sepsis", "no", 155)).disclosure

    assert [sized(n) for n in (0, 1, 10, 11)] == ["outside", "inside", "inside", "outside"]


def test_spec_finds_its_keys_by_name():
    spec = TallySpec("incidence", "endpoint_outcome", Unit.PATIENT, (GROUP, OUTCOME), "patients")
    assert spec.key("outcome") is OUTCOME
    assert spec.names == ("group", "outcome")
