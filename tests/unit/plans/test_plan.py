"""Does a plan say what it asks, and are its faults told with their lines?"""

from __future__ import annotations

import pytest

from seriatim.errors import InvalidDocument, Misuse
from seriatim.plans.plan import Plan, library, library_text, read_plan

BODY = """title: Our series
grouping:
  by: blocks
  size: 50
endpoints:
  - {id: sepsis, label: Line sepsis}
  - {id: tube, label: Intubation, interventions: intubation}
"""


def plan(text: str, folder) -> Plan:
    path = folder / "plan.yaml"
    path.write_text(f"schema: seriatim.plan/1\n{text}", encoding="utf-8")
    return read_plan(path)


def faults(text: str, folder) -> str:
    with pytest.raises(InvalidDocument) as told:
        plan(text, folder)
    return str(told.value)


def test_plan_without_a_primary_contrast_has_none(tmp_path):
    read = plan(BODY, tmp_path)
    assert read.primary is None
    assert not read.is_primary("sepsis")
    assert (read.level, read.set_aside, read.population.label) == (0.95, "refuse", "treated patients")


def test_a_grouping_that_there_is_not_is_told_with_those_that_there_are(tmp_path):
    told = faults("title: t\ngrouping: {by: arms, column: arm}\n", tmp_path)
    assert "line 3, grouping: found 'arms', expected by: one of 'blocks', 'equal groups', 'eras'" in told


def test_primary_endpoints_are_those_that_it_names(tmp_path):
    read = plan(BODY + "primary: {endpoints: [sepsis]}\n", tmp_path)
    assert [read.is_primary(name) for name in ("sepsis", "tube")] == [True, False]


def test_endpoint_and_options_are_found_by_name(tmp_path):
    read = plan(BODY + "analyses: [{name: incidence, options: {curve_points: 0}}]\n", tmp_path)
    assert read.endpoint("tube").label == "Intubation"
    assert read.options_of("incidence") == {"curve_points": 0}
    assert read.options_of("deaths") == {}


def test_unknown_key_of_a_group_of_keys_is_told_with_its_own_line(tmp_path):
    told = faults("title: t\ngrouping:\n  by: blocks\n  sise: 50\n", tmp_path)
    assert "line 5, grouping.blocks.sise: found 50, expected no such key" in told


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ("primary: {endpoints: [fever]}\n", "unknown: fever"),
        ("analyses: [{name: incidence}, {name: incidence}]\n", "each analysis once; twice: incidence"),
        ("stratum: diagnosis\n", "together, or neither"),
        ("strata: [melanoma]\n", "together, or neither"),
        ("stratum: diagnosis\nstrata: [melanoma, melanoma]\n", "each once"),
        ("population: {column: arm}\n", "column and levels together, or neither"),
        ("level: 0.4\n", "greater than 0.5"),
        ("grouping: {by: eras, starts: []}\n", 'duplicate key "grouping"'),
    ],
)
def test_parts_of_a_plan_that_do_not_fit_each_other_are_a_fault(tmp_path, extra, told):
    assert told in faults(BODY + extra, tmp_path)


def test_endpoint_named_twice_is_a_fault(tmp_path):
    assert "each endpoint id once; twice: sepsis" in faults(BODY + "  - {id: sepsis, label: Again}\n", tmp_path)


def test_plan_of_the_1998_abstract_is_in_the_library():
    read = read_plan("il2_1998")
    assert "il2_1998" in library()
    assert [endpoint.grades for endpoint in read.endpoints if endpoint.counts_events] == ["3-4", "3-4", "4", "3-4", "4"]
    assert read.endpoint("intubation").without_record == "absent"
    assert all(read.is_primary(endpoint.id) for endpoint in read.endpoints)


def test_name_that_is_neither_a_file_nor_in_the_library_is_told_what_is(tmp_path):
    with pytest.raises(Misuse, match=r"no plan file nowhere\.yaml .* the library has .*il2_1998"):
        read_plan("nowhere.yaml")
    assert library_text("../library/il2_1998") is None


def test_plan_of_the_abstract_asks_for_the_weight_gain_of_each_of_the_two_cycles_of_a_course():
    assert read_plan("il2_1998").options_of("weight") == {"cycles": [1, 2]}
