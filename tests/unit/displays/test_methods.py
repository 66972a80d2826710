"""Can a referee see the plan, the methods and the tallies; and the checklist what is answered?"""

from __future__ import annotations

from seriatim.displays import checklist, methods
from seriatim.displays._contract import Shown
from seriatim.documents import load_document
from seriatim.findings import Account, AccountLine
from seriatim.pages import Listing, Table
from seriatim.plans.plan import SCHEMA, Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

ENDPOINTS = [
    {"id": "sepsis", "label": "Line sepsis", "terms": "line sepsis", "grades": "3-4", "related": True},
    {"id": "tube", "label": "Intubation", "interventions": "intubation"},
]
TALLY = tally_from_rows("incidence", Unit.PATIENT, "patients by outcome",
                        (Key("outcome", Role.PARTITION, ("yes", "no")),), [("yes", 28), ("no", 1200)])  # fmt: skip


def plan(**given: object) -> Plan:
    return Plan(**{"title": "t", "grouping": {"by": "blocks", "size": 5}, "endpoints": ENDPOINTS} | given)


def row(name: str, statistic: str, method: str, **columns: object) -> ResultRow:
    about = {"result_id": name, "comparison_id": "c", "analysis": "incidence", "endpoint": "sepsis", "value": 0.1}
    return ResultRow(**about | {"statistic": statistic, "method": method} | columns)


def shown(asked: Plan, *rows: ResultRow, account: bool = True) -> Shown:
    lines = (AccountLine("patients reviewed", 5, "patient"),) if account else ()
    return Shown(Results(rows), {"incidence": TALLY}, asked, account=Account(lines))


def tables(given: Shown) -> dict[str, Table]:
    return {block.name: block for block in methods.section(given).blocks if isinstance(block, Table)}


def texts(table: Table) -> list[list[str]]:
    return [[row.header, *(cell.text for cell in row.cells)] for row in table.rows]


def test_endpoints_are_printed_as_the_plan_defines_them():
    asked = plan(primary={"endpoints": ["sepsis"]})
    assert texts(tables(shown(asked))["endpoints"]) == [
        [
            "Line sepsis",
            "line sepsis, related only",
            "3-4",
            "from the first dose, without end",
            "absent (spontaneous reporting)",
            "primary",
        ],
        ["Intubation", "intubation", "not a grade", "from the first dose, without end", "not assessed", "supportive"],
    ]


def test_printed_table_defines_no_endpoints():
    assert "endpoints" not in tables(shown(plan(), account=False))


def test_each_method_and_convention_is_listed_once_with_its_rows():
    rows = [
        row("1", "p_fisher_central", "Fisher's exact test", convention="central"),
        row("2", "p_fisher_central", "Fisher's exact test", convention="central"),
        row("3", "patients", ""),
        row("4", "p_score", "score", value=None, reason="no variation"),
    ]
    assert texts(tables(shown(plan(), *rows))["statistics"]) == [
        ["incidence: p_fisher_central", "Fisher's exact test", "central", "none", "2"]
    ]


def test_each_method_names_its_publication_which_is_printed_in_full():
    rows = [row("1", "p_score", "Miettinen-Nurminen score", reference="miettinen_nurminen_1985")]
    given = tables(shown(plan(), *rows))
    assert texts(given["statistics"])[0][3] == "Miettinen, Nurminen 1985"
    ((source, publication),) = texts(given["sources"])
    assert source == "Miettinen, Nurminen 1985"
    assert publication.endswith("Statistics in Medicine 1985;4:213–226.")


def test_plan_is_printed_so_that_it_can_be_read_again():
    asked = plan(primary={"endpoints": ["sepsis"]}, level=0.9)
    (listing,) = (block for block in methods.section(shown(asked)).blocks if isinstance(block, Listing))
    assert load_document(listing.text, Plan, schema=SCHEMA, name="report") == asked


def test_tallies_are_listed_with_total_disclosure_and_hash():
    ((name, counts, unit, total, disclosure, hash_),) = texts(tables(shown(plan()))["tallies"])
    assert (name, counts, unit, total, disclosure) == (
        "incidence",
        "patients by outcome",
        "patient",
        "1,228",
        "outside",
    )
    assert len(hash_) == 12


def test_first_screen_says_so_where_no_primary_contrast_was_declared():
    (sentence,) = methods.lead(shown(plan()))
    assert "every result here is exploratory" in sentence.text
    assert methods.lead(shown(plan(primary={"endpoints": ["tube"]}))) == ()


def test_checklist_says_of_each_recommendation_whether_the_plan_answers_it():
    given = shown(plan(analyses=[{"name": "incidence"}, {"name": "doses"}]))
    (table,) = checklist.section(given).blocks
    answered = {row.header.split()[0]: [cell.text for cell in row.cells] for row in table.rows}
    assert len(answered) == 10
    assert answered["8"] == ["yes", "Toxicity; terms"]
    assert answered["6"][0] == "yes"
    assert answered["2"] == ["no", "the plan does not ask for response"]
    assert [answered[item][0] for item in ("1", "10")] == ["in part", "in part"]  # the authors have to say the rest
    assert checklist.lead(given) == ()
