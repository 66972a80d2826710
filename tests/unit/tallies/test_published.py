"""How does a printed table become a tally, and what is said of one that cannot?"""

from __future__ import annotations

import pytest

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.tallies.published import (
    Published,
    combinations,
    identifier,
    published_from_csv,
    published_tally,
    read_published,
    readings,
)
from seriatim.tallies.tally import counts

HEAD = "schema: seriatim.published/1\ntitle: Toxicity\nsource: a paper\n"


def table(rows: str, groups: str = "{first: 155, final: [155, 156]}", folder=None) -> Published:
    path = folder / "table.yaml"
    path.write_text(f"{HEAD}groups: {groups}\nrows:\n{rows}", encoding="utf-8")
    return read_published(path)


def faults(text: str) -> str:
    with pytest.raises(InvalidDocument) as told:
        published_from_csv(text, "table.csv")
    return str(told.value)


def test_printed_count_is_one_reading(tmp_path):
    read = table(
        "  - {endpoint: sepsis, cells: [{group: first, k: 28}, {group: final, k: 6, n: 155}]}", folder=tmp_path
    )
    assert [reading.counts for reading in readings(read, read.rows[0])] == [((28, 155), (6, 155))]


def test_percentage_is_every_count_and_size_that_it_allows(tmp_path):
    rows = '  - {endpoint: sepsis, cells: [{group: first, percent: "18"}, {group: final, percent: 4}]}'
    read = table(rows, folder=tmp_path)
    found = [reading.counts for reading in readings(read, read.rows[0])]
    assert found == [((28, 155), (6, 155)), ((28, 155), (6, 156)), ((28, 155), (7, 156))]
    assert combinations(read, read.rows[0]) == 3


def test_size_that_is_smaller_than_the_count_is_no_reading():
    read = published_from_csv("endpoint,group,k,n\nsepsis,first,7,6\n", "t.csv")
    assert readings(read, read.rows[0]) == []


def test_many_readings_are_carried_by_the_lowest_and_highest_of_each_group():
    text = "endpoint,group,n,percent\nfever,first,1241,50\nfever,last,1241,20\n"
    read = published_from_csv(text, "t.csv")
    assert combinations(read, read.rows[0]) == 12 * 13
    found = [reading.counts for reading in readings(read, read.rows[0])]
    # 614 of 1241 are 49.48 % and 627 are 50.52 %; 241 are 19.42 % and 255 are 20.55 %.
    assert found == [((a, 1241), (b, 1241)) for a in (615, 626) for b in (242, 254)]


def test_tally_counts_each_reading_as_a_view_of_its_own(tmp_path):
    rows = (
        '  - {endpoint: sepsis, cells: [{group: first, percent: "18"}, {group: final, percent: "4"}]}\n'
        "  - {endpoint: tube, cells: [{group: first, k: 19}, {group: final, k: 5, n: 155}]}\n"
    )
    tally = published_tally(table(rows, folder=tmp_path))
    assert tally.key("endpoint").labels[0] == "sepsis [28/155, 6/155]"
    assert tally.levels("endpoint")[-1] == "tube"
    assert tally.levels("group") == ("first", "final")
    assert counts(tally, "group", "outcome", endpoint="tube").tolist() == [[19, 136], [5, 150]]
    assert counts(tally, "group", "outcome", endpoint="sepsis_28_155_7_156").tolist() == [[28, 127], [7, 149]]
    assert tally.source == "a paper"


def test_row_that_contradicts_itself_is_not_in_the_tally():
    text = "endpoint,group,k,n,percent\nfever,first,,10,33\nsepsis,first,3,10,\n"
    assert published_tally(published_from_csv(text, "t.csv")).levels("endpoint") == ("sepsis",)


def test_name_that_begins_with_a_digit_becomes_an_identifier():
    assert identifier("5-HT syndrome") == "endpoint_5_ht_syndrome"
    assert identifier("Blood or bone marrow") == "blood_or_bone_marrow"


def test_run_without_a_death_and_claims_stand_beside_the_table(tmp_path):
    rows = "  - {endpoint: sepsis, cells: [{group: first, k: 28}]}\n"
    said = 'deaths: {total: 1241, run: 809}\nclaims: [{claim: "weight unchanged", because: "no figures"}]\n'
    read = table(rows + said, folder=tmp_path)
    assert (read.deaths.total, read.deaths.run, read.deaths.earlier) == (1241, 809, None)
    assert [(claim.claim, claim.because) for claim in read.claims] == [("weight unchanged", "no figures")]


@pytest.mark.parametrize("deaths", ["{total: 100, run: 101}", "{total: 100, run: 98, earlier: 3}"])
def test_run_without_a_death_that_does_not_fit_its_patients_is_a_fault_of_its_line(tmp_path, deaths):
    rows = f"  - {{endpoint: sepsis, cells: [{{group: first, k: 28}}]}}\ndeaths: {deaths}\n"
    with pytest.raises(InvalidDocument, match=r"line 7, deaths: .* earlier deaths that fit into the 100 patients"):
        table(rows, folder=tmp_path)


def test_claim_that_is_made_twice_is_a_fault(tmp_path):
    claim = "{claim: Weight unchanged, because: no figures}"
    rows = f"  - {{endpoint: sepsis, cells: [{{group: first, k: 28}}]}}\nclaims: [{claim}, {claim}]\n"
    with pytest.raises(InvalidDocument, match=r"each claim .* once; twice: weight_unchanged"):
        table(rows, folder=tmp_path)


def test_decimal_number_must_be_in_quotes_because_its_digits_matter(tmp_path):
    with pytest.raises(InvalidDocument, match=r"line 6, rows\.0\.p: found 0\.4, expected the figure in quotes"):
        table("  - {endpoint: r, p: 0.40, cells: [{group: first, k: 28}]}", folder=tmp_path)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("{group: first}", "k or percent in each cell"),
        ("{group: first, percent: n/a}", 'a plain number such as "18"'),
        ('{group: first, percent: "-3"}', 'a plain number such as "18"'),
        ("{group: first, k: 1, n: 0}", "greater than or equal to 1"),
        ("{group: third, k: 1}", "groups of the table; sepsis has 'third'"),
        ("{group: open, k: 1}", "a size n for sepsis, open"),
        ("{group: first, k: 1}, {group: first, k: 1}", "each group of sepsis once; twice: first"),
    ],
)
def test_cell_that_says_too_little_or_too_much_is_a_fault(tmp_path, cell, told):
    with pytest.raises(InvalidDocument) as fault:
        table(f"  - {{endpoint: sepsis, cells: [{cell}]}}", groups="{first: 155, open: []}", folder=tmp_path)
    assert told in str(fault.value)


def test_bound_below_zero_is_read_because_symmetric_intervals_print_it(tmp_path):
    cell = '{group: first, k: 1, lower: "-0.6", upper: "1.9"}'
    assert table(f"  - {{endpoint: sepsis, cells: [{cell}]}}", folder=tmp_path).rows[0].cells[0].lower == "-0.6"


@pytest.mark.parametrize("p", ["NS", "n.s.", "<", "0,04", "p<0.001"])
def test_p_value_in_words_is_a_fault(p):
    told = faults(f'endpoint,group,k,n,p\nsepsis,first,1,10,"{p}"\n')
    assert "line 2, rows.0.p" in told
    assert 'a P value such as "0.04" or "<0.001"' in told


def test_csv_may_leave_columns_out_and_cells_empty(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("endpoint,group,k,n,p,test\nfever,a,3,10,0.04,Fisher\nfever,b,1,10,,\n", encoding="utf-8-sig")
    read = read_published(path)
    assert (read.title, read.rows[0].p, read.rows[0].test) == ("table.csv", "0.04", "Fisher")
    assert [reading.counts for reading in readings(read, read.rows[0])] == [((3, 10), (1, 10))]


def test_count_with_a_footnote_mark_is_a_fault_of_its_line_and_not_left_out():
    told = faults("endpoint,group,k,n,percent\nfever,a,3,10,30\nfever,b,24*,137,18\n")
    assert "line 3, rows.0.cells.1.k: found '24*'" in told


@pytest.mark.parametrize("column", ["group", "endpoint"])
def test_csv_without_a_column_that_it_needs_says_so(column):
    names = [name for name in ("endpoint", "group", "k", "n") if name != column]
    told = faults(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    assert "line 2" in told
    assert f"{column}: found nothing" in told


def test_csv_without_sizes_says_so():
    assert "a size n for fever, a, in the cell or in groups" in faults("endpoint,group,k\nfever,a,3\n")


def test_csv_with_an_unknown_column_names_the_known_ones():
    told = faults("endpoint;group;k;n\nfever;a;3;10\n")
    assert "line 1: found the columns endpoint;group;k;n, expected endpoint, group, k" in told


def test_csv_with_a_header_alone_says_so():
    assert "no line under the header" in faults("endpoint,group,k,n\n")
    assert "no line under the header" in faults("")


def test_csv_line_with_too_many_cells_is_named():
    assert "line 3: found more cells than columns" in faults("endpoint,group,k,n\nfever,a,3,10\nfever,b,3,10,99\n")


def test_csv_with_a_quote_left_open_is_named():
    assert "mend the CSV" in faults('endpoint,group,k,n\n"fever,a,3,10\n')


def test_csv_line_copied_twice_would_double_its_group_and_is_a_fault():
    assert "line 2, rows.0" in faults("endpoint,group,k,n\nfever,a,3,10\nfever,a,3,10\n")


def test_second_p_value_of_one_endpoint_is_a_fault_of_its_line():
    told = faults("endpoint,group,k,n,p\nfever,a,3,10,0.04\nfever,b,1,10,0.4\n")
    assert told == "table.csv line 3, p: found 0.4 for fever, which had 0.04 before; keep one"


def test_endpoints_that_differ_in_capitals_alone_are_a_fault():
    told = faults("endpoint,group,k,n\nALT,a,3,10\nalt,a,5,10\n")
    assert "line 1, document" in told
    assert "each endpoint (by its letters and digits) once; twice: alt" in told


def test_csv_of_another_encoding_is_told_to_be_saved_as_utf_8(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("endpoint,group,k,n\nfièvre,a,3,10\n".encode("latin-1"))
    with pytest.raises(InvalidDocument, match="save it as UTF-8"):
        read_published(path)


def test_printed_table_that_is_not_there_is_an_unreadable_source(tmp_path):
    with pytest.raises(UnreadableSource, match="there is no file"):
        read_published(tmp_path / "table.yaml")
