"""How is a paper's printed table reviewed? Its counts become tallies, its groups and endpoints a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from seriatim.analyses.deaths import ALIVE, DEATH, NOT_PRINTED, RELATED
from seriatim.plans.endpoints import Endpoint
from seriatim.plans.grouping import EqualGroups, Levels
from seriatim.plans.plan import AnalysisRequest, Plan, Population
from seriatim.results.build import Subject, number_row
from seriatim.results.results import Results, join
from seriatim.results.row import ResultRow
from seriatim.reviews.analyse import analyse
from seriatim.reviews.provenance import provenance_of_published
from seriatim.reviews.review import Review
from seriatim.tallies.consistency import consistency_findings
from seriatim.tallies.published import DeathRun, Published, identifier, published_tally, read_published
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

NOTE = (
    "The table was printed by others; nothing is known of missing patients, grades or dates beyond the print."
    " Where a printed percentage fits several counts, each combination is an endpoint of its own."
)

# A paper that prints no treatment-related death has not said that nobody died of something else.
_PRINTED_DEATH = replace(
    DEATH, labels=tuple("no treatment-related death" if level == ALIVE else level for level in DEATH.levels)
)


def is_published(source: str | Path) -> bool:
    """A single YAML or CSV file is a printed table; a series is a folder, a workbook or CDISC files."""
    path = Path(source)
    return path.is_file() and path.suffix.lower() in {".yaml", ".yml", ".csv"}


def review_published(source: str | Path, *, command: str = "") -> Review:
    """Review a printed table by the same analyses as a series of patients."""
    published = read_published(Path(source))
    tallies = printed_tallies(published)
    plan = plan_of(published, tallies["incidence"])
    return Review(
        plan,
        _results(published, tallies, plan),
        tallies,
        consistency_findings(published),
        provenance=provenance_of_published(published, plan, command),
    )


def printed_tallies(published: Published) -> Mapping[str, Tally]:
    """The tallies that the analyses take, as far as the print makes them."""
    tallies = [published_tally(published)]
    if published.deaths is not None:
        tallies.append(_deaths_tally(published, published.deaths))
    return {tally.name: tally for tally in tallies}


def _deaths_tally(published: Published, printed: DeathRun) -> Tally:
    """The patients of the run, and those before it, of whom no more is known than how many died, if that."""
    start = printed.total - printed.run
    groups = (f"1-{start}", f"{start + 1}-{printed.total}")
    if printed.earlier is None:
        rows: list[tuple[str, str, int]] = [(groups[0], NOT_PRINTED, start)]
    else:
        rows = [(groups[0], RELATED, printed.earlier), (groups[0], ALIVE, start - printed.earlier)]
    keys = (Key("group", Role.PARTITION, groups if start else groups[1:]), _PRINTED_DEATH)
    rows = [*(rows if start else []), (groups[1], ALIVE, printed.run)]
    definition = f"printed run without a treatment-related death of {published.title}"
    return tally_from_rows("deaths", Unit.PATIENT, definition, keys, rows, source=published.source)


def _results(published: Published, tallies: Mapping[str, Tally], plan: Plan) -> Results:
    parts = [analyse(tallies, _asking(plan, request)) for request in plan.analyses]
    return join([*parts, _claim_rows(published, plan)])


def _asking(plan: Plan, request: AnalysisRequest) -> Plan:
    """The plan with one analysis alone. The run of deaths is in order of treatment, which levels of a table are not."""
    grouping = EqualGroups(by="equal groups", groups=2) if request.name == "deaths" else plan.grouping
    return plan.model_copy(update={"analyses": (request,), "grouping": grouping})


def _claim_rows(published: Published, plan: Plan) -> list[ResultRow]:
    """What the paper says and nobody can redo: rows with their reason, where there would otherwise be silence."""
    population = plan.population.label
    return [
        number_row(
            Subject("published", identifier(claim.claim), population=population),
            "printed_claim",
            None,
            reason=f"cannot be redone: {claim.because}",
        )
        for claim in published.claims
    ]


def plan_of(published: Published, tally: Tally) -> Plan:
    """The plan that a printed table is: its groups in their order and one endpoint a row, all exploratory."""
    key = tally.key("endpoint")
    endpoints = tuple(Endpoint(id=level, label=key.label(level)) for level in key.levels)
    return Plan(
        title=published.title,
        population=Population(label=f"patients of the printed table ({published.source})"),
        grouping=Levels(by="levels", column="group", levels=tally.levels("group")),
        endpoints=endpoints,
        analyses=tuple(AnalysisRequest(name=name) for name in _analyses_of(published)),
        notes=(NOTE,),
    )


def _analyses_of(published: Published) -> tuple[str, ...]:
    return ("incidence",) if published.deaths is None else ("incidence", "deaths")
