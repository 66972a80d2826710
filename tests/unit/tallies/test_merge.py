"""When are the counts of two sites added, and when is that refused?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from seriatim.errors import Refused
from seriatim.tallies.merge import merge
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, counts, numbers, tally_from_rows

ERAS = Key("group", Role.PARTITION, ("before 1990-01-01", "from 1990-01-01"))
ENDPOINT = Key("endpoint", Role.VIEW, ("sepsis", "fever"), ("Line sepsis, grade 3-4", "Fever"))
OUTCOME = Key("outcome", Role.PARTITION, ("yes", "no"))
MONTH = Key("month", Role.ORDER)


def made(rows: list[tuple], keys: tuple[Key, ...] = (ERAS, OUTCOME), **header: str) -> Tally:
    chosen = {"alignment": "calendar"} | header
    return tally_from_rows("incidence", Unit.PATIENT, "patients by era", keys, rows, **chosen)


HERE = made([(ERAS.levels[0], "yes", 3), (ERAS.levels[0], "no", 7)], source="here", data_cut="1996-01-01")
THERE = made([(ERAS.levels[0], "yes", 1), (ERAS.levels[1], "no", 5)], source="there", data_cut="1995-06-30")


def test_counts_of_two_sites_with_calendar_eras_are_added():
    both = merge(HERE, THERE)
    assert counts(both, "group", "outcome").tolist() == [[4, 7], [0, 5]]
    assert len(both.n) == 3  # equal rows are one row


def test_merged_tally_names_both_sources_and_the_earlier_data_cut():
    both = merge(HERE, THERE)
    assert (both.source, both.data_cut, both.alignment) == ("here + there", "1995-06-30", "calendar")


def test_order_of_the_sites_does_not_matter_to_the_counts():
    one, other = merge(HERE, THERE), merge(THERE, HERE)
    assert counts(one, "group", "outcome").tolist() == counts(other, "group", "outcome").tolist()
    assert one.source == other.source


def test_levels_that_one_site_lacks_are_united_where_levels_are_disjoint():
    diagnoses = [Key("stratum", Role.PARTITION, levels) for levels in (("melanoma", "renal"), ("renal", "lymphoma"))]
    one = made([("melanoma", "yes", 2), ("renal", "yes", 3)], keys=(diagnoses[0], OUTCOME))
    other = made([("renal", "yes", 4), ("lymphoma", "no", 1)], keys=(diagnoses[1], OUTCOME))
    both = merge(one, other)
    assert both.levels("stratum") == ("melanoma", "renal", "lymphoma")
    assert counts(both, "stratum", "outcome").tolist() == [[2, 0], [7, 0], [0, 1]]


def test_united_levels_keep_the_labels_of_both():
    keys = [
        Key("stratum", Role.PARTITION, ("mm", "rcc"), ("Melanoma", "Renal cell")),
        Key("stratum", Role.PARTITION, ("lym", "mm"), ("Lymphoma", "Melanoma")),
    ]
    one, other = (made([("mm", "yes", 1)], keys=(key, OUTCOME)) for key in keys)
    assert merge(one, other).key("stratum").labels == ("Melanoma", "Renal cell", "Lymphoma")


def test_numbers_of_an_order_key_are_united():
    one = made([(198912, 4), (199001, 2)], keys=(MONTH,))
    other = made([(199001, 3)], keys=(MONTH,))
    both = merge(one, other)
    assert numbers(both, "month").tolist() == [198912, 199001]
    assert counts(both, "month").tolist() == [4, 5]


def test_merging_a_tally_without_rows_changes_nothing():
    assert counts(merge(HERE, made([])), "group", "outcome").tolist() == [[3, 7], [0, 0]]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (replace(THERE, name="deaths"), "name"),
        (replace(THERE, unit=Unit.COURSE), "unit"),
        (replace(THERE, definition="patients by decade"), "definition"),
        (made([("yes", 1)], keys=(OUTCOME,)), "keys"),
        (replace(THERE, alignment="pooled order"), "alignment"),
    ],
)
def test_tallies_that_count_different_things_are_not_merged(other, what):
    with pytest.raises(Refused, match=f"a different {what} cannot be merged"):
        merge(HERE, other)


def test_groups_by_each_sites_own_order_are_not_merged():
    one, other = (replace(tally, alignment="site order") for tally in (HERE, THERE))
    with pytest.raises(Refused, match="keyed by group in each site's own order"):
        merge(one, other)


@pytest.mark.parametrize("alignment", ["site order", "calendar"])
def test_case_numbers_are_not_merged_even_where_dates_align_the_groups(alignment):
    cases = made([(1, "yes", 1)], keys=(Key("case_number", Role.ORDER), OUTCOME), alignment=alignment)
    with pytest.raises(Refused, match="keyed by case_number in each site's own order"):
        merge(cases, cases)


def test_case_numbers_given_on_the_pooled_order_are_merged():
    keys = (Key("case_number", Role.ORDER), OUTCOME)
    one = made([(1, "yes", 1), (3, "no", 1)], keys=keys, alignment="pooled order")
    other = made([(2, "no", 1)], keys=keys, alignment="pooled order")
    assert numbers(merge(one, other), "case_number").tolist() == [1, 2, 3]


def test_tally_without_groups_or_cases_is_merged_whatever_its_alignment():
    one = made([("yes", 2)], keys=(OUTCOME,), alignment="site order")
    assert int(counts(merge(one, one), outcome="yes")) == 4


def test_replicates_of_two_sites_would_collide_and_are_not_merged():
    keys = (Key("patient", Role.REPLICATE, ("07", "08")), OUTCOME)
    with pytest.raises(Refused, match="replicate levels of two sites would collide"):
        merge(made([("07", "yes", 1)], keys=keys), made([("07", "no", 1)], keys=keys))


def test_reading_that_only_one_site_has_is_not_merged():
    # Patients of the other site would be in no denominator of it.
    one = made([("sepsis", "yes", 2), ("fever", "yes", 1)], keys=(ENDPOINT, OUTCOME))
    other = made(
        [("sepsis", "yes", 2)], keys=(replace(ENDPOINT, levels=("sepsis",), labels=ENDPOINT.labels[:1]), OUTCOME)
    )
    with pytest.raises(Refused, match="only one of the two sites has endpoint fever"):
        merge(one, other)


def test_groups_of_practice_changes_on_other_dates_are_not_merged():
    periods = Key("group", Role.PARTITION, ("before 1991-05-01", "from 1991-05-01"))
    with pytest.raises(Refused, match=r"only one of the two sites has group .* and others"):
        merge(HERE, made([(periods.levels[0], "yes", 1)], keys=(periods, OUTCOME)))


def test_endpoint_of_one_name_and_two_meanings_is_not_merged():
    other = replace(ENDPOINT, labels=("Line sepsis, grade 3 or more", "Fever"))
    one, two = (made([("sepsis", "yes", 2)], keys=(key, OUTCOME)) for key in (ENDPOINT, other))
    with pytest.raises(Refused, match="the two sites call sepsis 'Line sepsis, grade 3-4' and"):
        merge(one, two)
