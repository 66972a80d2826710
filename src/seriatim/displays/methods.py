"""By which methods, under which plan, and from which counts? What a referee needs to repeat it."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.wording import methods as wording
from seriatim.displays.wording.sources import CITATIONS, short
from seriatim.pages import Block, Cell, Listing, Section, Sentence, Table, TableRow
from seriatim.plans.plan import plan_text
from seriatim.tallies.files import content_hash


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """A review without a declared primary contrast says so on the first screen."""
    if shown.plan.primary is not None:
        return ()
    text = "No primary contrast was declared before the data were read: every result here is exploratory."
    return (Sentence(text, (), "caution"),)


def section(shown: Shown) -> Section | None:
    """The plan and the text made from it, the method of each statistic with its source, the tallies."""
    # A printed table says nothing of terms, grades and windows; only a series has an account.
    plan = Listing("The plan as read", plan_text(shown.plan))
    defined: list[Block] = [_endpoint_table(shown), plan] if shown.account.lines else []
    return Section(
        "methods",
        "Plan and methods",
        (
            *wording.text(shown.plan),
            *defined,
            _method_table(shown),
            _source_table(shown),
            _tally_table(shown),
        ),
        ("Not a medical device. Statements about change over time do not say what caused it.",),
    )


def _endpoint_table(shown: Shown) -> Table:
    rows = []
    for endpoint in shown.plan.endpoints:
        cells = (
            Cell(wording.words(endpoint), (), "text"),
            Cell(endpoint.grades if endpoint.counts_events else "not a grade", (), "text"),
            Cell(wording.window(endpoint), (), "text"),
            Cell(wording.without_record(endpoint), (), "text"),
            Cell("primary" if shown.plan.is_primary(endpoint.id) else "supportive", (), "text"),
        )
        rows.append(TableRow(endpoint.label, cells))
    columns = ("Endpoint", "Terms or interventions", "Grades", "Window", "No record means", "Role")
    return Table("endpoints", "The endpoints as the plan defines them", columns, tuple(rows))


def _method_table(shown: Shown) -> Table:
    seen: dict[tuple[str, str, str, str, str], int] = {}
    for row in shown.results:
        if row.method and row.value is not None:
            key = (row.analysis, row.statistic, row.method, row.convention, row.reference)
            seen[key] = seen.get(key, 0) + 1
    rows = [
        TableRow(
            f"{analysis}: {statistic}",
            (
                Cell(method, (), "text"),
                Cell(convention, (), "text"),
                Cell("; ".join(map(short, reference.split())) or "none", (), "text"),
                Cell(f"{n:,}"),
            ),
        )
        for (analysis, statistic, method, convention, reference), n in sorted(seen.items())
    ]
    columns = ("Statistic", "Method", "Convention", "Source", "Rows")
    return Table("statistics", "The method of each statistic, as its rows have it", columns, tuple(rows))


def _source_table(shown: Shown) -> Table:
    keys = {key for row in shown.results for key in row.reference.split()}
    rows = [TableRow(short(key), (Cell(CITATIONS[key], (), "text"),)) for key in sorted(keys)]
    return Table("sources", "The publications that the methods are from", ("Source", "Publication"), tuple(rows))


def _tally_table(shown: Shown) -> Table:
    rows = [
        TableRow(
            name,
            (
                Cell(tally.definition, (), "text"),
                Cell(str(tally.unit), (), "text"),
                Cell(f"{int(tally.n.sum()):,}"),
                Cell(tally.disclosure, (), "text"),
                Cell(content_hash(tally)[:12], (), "text"),
            ),
        )
        for name, tally in sorted(shown.tallies.items())
    ]
    columns = ("Tally", "Counts", "Unit", "Total", "Disclosure", "Hash (first 12)")
    notes = ("A total over several readings of the same patients counts each patient once per reading.",)
    return Table("tallies", "The tallies from which every number was computed", columns, tuple(rows), notes)
