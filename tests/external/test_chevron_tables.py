"""Do the tables AET02 and AET04 of another reporting system come out of a review, cell by cell?

AET02 prints patients by system organ class and term, AET04 the worst grade of each patient by class and term, also in
the groups 1-2, 3-4 and 5. AET02 has 24 lines of numbers of events as well; an analysis counts patients, so those are
not compared. AET04 leaves a line out where no arm has anybody in it: such cells must be 0 here.
"""

from __future__ import annotations

import pytest

import seriatim

ARMS = ("A: Drug X", "B: Placebo", "C: Combination")
GROUPS = {"Grade 1-2": ("1", "2"), "Grade 3-4": ("3", "4"), "Grade 5": ("5",)}
GROUPING = {"by": "levels", "column": "arm", "levels": list(ARMS)}
EVERYONE = "any"


@pytest.fixture(scope="module")
def series(data, mapped):
    others = ["adcm", "addv", "adex", "adlb", "admh", "adrs", "adsaftte", "adtte", "advs"]
    ignore = ", ".join(f"{name}.parquet" for name in others)
    return seriatim.read(data / "chevron_syn", mapping=mapped(f"reader: adam\nignore: [{ignore}]\n"))


@pytest.fixture(scope="module")
def printed(expected):
    """Table -> (class / term, line, arm) -> patients."""
    rows = expected("chevron_syn/expected_tables.csv")
    return {name: dict(cells([row for row in rows if row["table"] == name])) for name in ("aet02", "aet04")}


def cells(rows):
    """The printed cells of patients; a heading in the first column of a line opens a class, then a term."""
    organ_class = term = ""
    for row in rows:
        line = row["row"]
        if not row["arm"]:
            organ_class, term = (line, "") if row["indent"] == "8" else (organ_class, line)
            continue
        if "number of events" in line:
            continue
        if row["table"] == "aet02":
            term = line if line.startswith("dcd ") else ""
        yield (place(organ_class, term), line, row["arm"]), int(row["n"])


def place(organ_class, term):
    if not organ_class or organ_class.startswith("- "):
        return EVERYONE
    return f"{organ_class} / {term}" if term and not term.startswith("- ") else organ_class


@pytest.fixture(scope="module")
def terms(series):
    plan = seriatim.Plan(
        title="AET02",
        grouping=GROUPING,
        analyses=[
            {"name": "terms", "options": {"readings": ["all"], "severities": ["any", ">=3", "5"],
                                          "emergent": "all records"}},
        ],
    )  # fmt: skip
    return seriatim.review(series, plan).results


@pytest.fixture(scope="module")
def graded(series, printed):
    """The results of a plan with an endpoint for every heading of AET04, and which endpoint is which heading."""
    headings = dict.fromkeys(heading for heading, _, _ in printed["aet04"])
    endpoints = [endpoint(f"place_{number}", heading) for number, heading in enumerate(headings)]
    plan = seriatim.Plan(
        title="AET04",
        grouping=GROUPING,
        endpoints=endpoints,
        analyses=[{"name": "incidence", "options": {"curve_points": 0}}],
    )
    return seriatim.review(series, plan).results, {one["label"]: one["id"] for one in endpoints}


def endpoint(name, heading):
    organ_class, _, term = heading.partition(" / ")
    classes = [] if heading == EVERYONE else [organ_class]
    return {"id": name, "label": heading, "system_organ_classes": classes, "terms": [term] if term else [],
            "emergent": "all records"}  # fmt: skip


def test_every_cell_of_patients_of_aet02_is_ours(terms, printed):
    ours = {
        (row.endpoint.removesuffix(" [all, any]"), row.group): row.numerator
        for row in terms.where(statistic="risk")
        if row.endpoint.endswith("[all, any]")
    }
    theirs = {(heading, arm): n for (heading, _, arm), n in printed["aet02"].items()}
    assert len(theirs) == 78 - 24
    assert ours == theirs


def test_every_cell_of_aet04_is_ours(graded, printed):
    results, names = graded
    differ = {}
    for (heading, line, arm), n in printed["aet04"].items():
        found = patients(results, names[heading], line, arm)
        if found != n:
            differ[heading, line, arm] = (found, n)
    assert len(printed["aet04"]) == 180
    assert differ == {}


def test_every_line_that_aet04_leaves_out_would_have_held_nobody(graded, printed):
    results, names = graded
    lines = ("- Any Grade -", *GROUPS, "1", "2", "3", "4")
    left_out = [
        (heading, line, arm)
        for heading in names
        for line in lines
        for arm in ARMS
        if (heading, line, arm) not in printed["aet04"]
    ]
    assert len(left_out) + 180 == len(names) * len(lines) * len(ARMS)
    assert [cell for cell in left_out if patients(results, names[cell[0]], *cell[1:]) != 0] == []


def test_patients_with_a_grade_of_at_least_3_or_of_5_are_the_sums_of_the_printed_grades(terms, printed):
    ours = {(row.endpoint, row.group): row.numerator for row in terms.where(statistic="risk")}
    headings = dict.fromkeys(heading for heading, _, _ in printed["aet04"])
    for heading in headings:
        for arm in ARMS:
            severe, fatal = (printed["aet04"].get((heading, line, arm), 0) for line in ("Grade 3-4", "Grade 5"))
            assert ours.get((f"{heading} [all, >=3]", arm), 0) == severe + fatal
            assert ours.get((f"{heading} [all, 5]", arm), 0) == fatal


def patients(results, name, line, arm):
    """One cell: anybody with a record, one worst grade, or the grades of a group, which no patient has two of."""
    if line == "- Any Grade -":
        return results.one(endpoint=name, statistic="risk", group=arm).numerator
    grades = GROUPS.get(line, (line,))
    worst = {f"worst grade {grade}" for grade in grades}
    rows = results.where(endpoint=name, statistic="worst_grade", group=arm)
    return sum(row.value for row in rows if row.convention in worst)
