"""When are the counts of two sites added, and when is that refused?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from seriatim.errors import Refused
from seriatim.tallies.files import content_hash
from seriatim.tallies.merge import merge
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, counts, numbers, select, tally_from_rows

ERAS = Key("group", Role.PARTITION, ("before 1990-01-01", "from 1990-01-01"))
ENDPOINT = Key("endpoint", Role.VIEW, ("sepsis", "fever"), ("Line sepsis, grade 3-4", "Fever"))
OUTCOME = Key("outcome", Role.PARTITION, ("yes", "no"))
MONTH = Key("month", Role.ORDER)


def made(rows: list[tuple], keys: tuple[Key, ...] = (ERAS, OUTCOME), **header: object) -> Tally:
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
    named = r"the two sites call sepsis differently: Line sepsis, grade 3-4 \| Line sepsis, grade 3 or more"
    with pytest.raises(Refused, match=named):
        merge(one, two)


def test_endpoints_of_one_label_and_two_definitions_are_not_merged_and_both_are_named():
    defined = ("terms 'line sepsis'; grades 3, 4", "terms 'fever'; grades 3, 4")
    other = (defined[0], "terms 'fever'; grades 3, 4, 5")
    one, two, unsaid = (
        made([("fever", "yes", 2)], keys=(replace(ENDPOINT, definitions=words), OUTCOME))
        for words in (defined, other, ())
    )
    named = r"define fever differently: terms 'fever'; grades 3, 4 \| terms 'fever'; grades 3, 4, 5; count both"
    with pytest.raises(Refused, match=named):
        merge(one, two)
    with pytest.raises(Refused, match=r"define sepsis differently: .* \| without a definition"):
        merge(one, unsaid)
    assert merge(one, replace(one, n=one.n + 1)).key("endpoint").definitions == defined


def test_definitions_of_united_levels_are_those_of_both():
    keys = [Key("stratum", Role.PARTITION, (level,), (), (f"code {level}",)) for level in ("mm", "rcc")]
    one, other = (made([(key.levels[0], "yes", 1)], keys=(key, OUTCOME)) for key in keys)
    assert merge(one, other).key("stratum").definitions == ("code mm", "code rcc")


def test_series_that_is_in_both_tallies_is_not_added_twice():
    here, there, third = (replace(HERE, contributions=(name,), source=name) for name in ("a1", "b2", "c3"))
    both = merge(here, there)
    assert (both.contributions, both.source) == (("a1", "b2"), "a1 + b2")
    assert merge(both, third).contributions == ("a1", "b2", "c3")
    for twice in (here, both, merge(there, third)):
        with pytest.raises(Refused, match=r"the same series is in both .* would be counted twice"):
            merge(both, twice)


def test_named_source_of_a_known_content_is_not_added_twice_although_its_series_is_not_known():
    with pytest.raises(Refused, match=r"the same series is in both \(here and here\)"):
        merge(HERE, HERE)
    with pytest.raises(Refused, match=r"the same series is in both \(here \+ there and here\)"):
        merge(merge(HERE, THERE), HERE)


def test_equal_counts_of_two_sources_are_added():
    assert int(counts(merge(HERE, replace(HERE, source="there")), outcome="yes")) == 6


# ---- views whose levels are those that occurred, as the terms of adverse events

READING = Key("reading", Role.VIEW, ("all", "related"))


def terms(levels: tuple[str, ...], rows: list[tuple], **header: object) -> Tally:
    term = Key("term", Role.VIEW, levels, as_found=True)
    return made(rows, keys=(ERAS, READING, term, OUTCOME), **({"absent": ("outcome", "no")} | header))


def of_term(term: str, *yes: int, n: tuple[int, int] = (10, 20)) -> list[tuple]:
    """Rows of one term: how many of each era had it, in both readings, of how many."""
    cells = list(zip(ERAS.levels, yes, n, strict=True))
    return [
        (era, reading, term, outcome, count)
        for era, had, size in cells
        for reading in READING.levels
        for outcome, count in (("yes", had), ("no", size - had))
    ]


NORTH = terms(("fever", "rash"), [*of_term("fever", 3, 4), *of_term("rash", 1, 0)], source="north")
SOUTH = terms(("chills", "fever"), [*of_term("chills", 2, 5, n=(7, 9)), *of_term("fever", 0, 1, n=(7, 9))])


def test_term_that_one_site_never_saw_is_counted_as_absent_in_all_its_patients():
    both = merge(NORTH, SOUTH)
    assert both.levels("term") == ("chills", "fever", "rash")
    for reading in READING.levels:
        table = counts(both, "term", "group", "outcome", reading=reading).tolist()
        assert table == [[[2, 15], [5, 24]], [[3, 14], [5, 24]], [[1, 16], [0, 29]]]
    assert counts(both, "term", "group", "outcome", reading="all").sum(axis=(1, 2)).tolist() == [46, 46, 46]


def test_order_of_the_sites_does_not_matter_to_their_terms():
    assert content_hash(merge(NORTH, SOUTH)) == content_hash(merge(SOUTH, NORTH))


def test_terms_are_not_merged_where_nothing_says_what_absence_means():
    with pytest.raises(Refused, match="only one of the two sites has term chills, rash"):
        merge(replace(NORTH, absent=None), replace(SOUTH, absent=None))
    with pytest.raises(Refused, match="a different level of those without a record cannot be merged"):
        merge(NORTH, replace(SOUTH, absent=None))


def test_terms_of_those_who_had_them_are_not_filled_up_because_those_without_are_gone():
    with pytest.raises(Refused, match="only one of the two sites has term chills, rash"):
        merge(select(NORTH, outcome="yes"), select(SOUTH, outcome="yes"))


def test_site_without_any_term_does_not_say_how_many_patients_it_has():
    with pytest.raises(Refused, match="tally incidence of one site has no term at all"):
        merge(NORTH, terms((), []))


def test_endpoint_that_one_plan_did_not_ask_for_is_not_absent():
    asked = replace(NORTH, keys=tuple(replace(key, as_found=False) for key in NORTH.keys))
    with pytest.raises(Refused, match="only one of the two sites has term"):
        merge(asked, SOUTH)
    with pytest.raises(Refused, match="only one of the two sites has term"):
        merge(SOUTH, asked)
