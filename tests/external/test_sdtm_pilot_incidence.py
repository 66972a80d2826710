"""Do two conventions of recording the same events give the same table of incidence?

The pilot's adverse events as first published (1,191 records) and as revised (961) hold the same events: patients, not
records, are counted, so every cell of the table must be equal. The revised files must also give the printed table
14-5.01, which was made from the analysis data sets.
"""

from __future__ import annotations

import pytest

import seriatim
from seriatim.tallies.tally import counts

ARMS = {"placebo": "Placebo", "low": "Xanomeline Low Dose", "high": "Xanomeline High Dose"}
AXES = ("reading", "severity", "term", "group", "outcome")


@pytest.fixture(scope="module")
def mapping(mapped):
    # The printed tables are by planned arm; 12 patients of the high dose had the low dose as their actual arm.
    return mapped("tables: {patient: {columns: {arm: ARM}}}\n")


@pytest.fixture(scope="module")
def revised(data, mapping):
    return seriatim.read(data / "cdiscpilot01_sdtm", mapping=mapping)


@pytest.fixture(scope="module")
def first_published(pilot_of_2013, mapping):
    return seriatim.read(pilot_of_2013, mapping=mapping)


def tally_of_terms(series, emergent, readings=("all", "related", "serious")):
    plan = seriatim.Plan(
        title="Adverse events by system organ class and term",
        grouping={"by": "levels", "column": "arm", "levels": list(ARMS.values())},
        analyses=[{"name": "terms", "options": {"emergent": emergent, "readings": readings}}],
    )
    return seriatim.tally(series, plan)["terms"]


@pytest.mark.parametrize("emergent", ["all records", "first dose"])
def test_both_files_give_the_same_tally_in_every_cell_although_their_records_differ(revised, first_published, emergent):
    new, old = tally_of_terms(revised, emergent), tally_of_terms(first_published, emergent)
    records = [series.receipt.table("adverse_event").rows_used for series in (revised, first_published)]
    assert records == [961, 1191]
    assert new.keys == old.keys
    assert (counts(new, *AXES) == counts(old, *AXES)).all()
    assert counts(new, reading="all", severity="any", term="any", outcome="yes") > 200


def test_the_revised_files_give_the_patients_of_the_printed_table(revised, expected):
    tally = tally_of_terms(revised, "source flag", ("all",))
    printed = expected("cdiscpilot01_adam/expected_teae_by_soc_pt.csv")
    assert len(printed) == len(tally.levels("term")) == 254
    for row in printed:
        term = {"any": "any", "soc": row["soc"], "pt": f"{row['soc']} / {row['pt']}"}[row["level"]]
        ours = counts(tally, "group", reading="all", severity="any", term=term, outcome="yes")
        assert ours.tolist() == [int(row[f"n_{arm}"]) for arm in ARMS], term
