"""How is a paper's printed table reviewed? Its counts become a tally, its groups and endpoints a plan."""

from __future__ import annotations

from pathlib import Path

from seriatim.plans.endpoints import Endpoint
from seriatim.plans.grouping import Levels
from seriatim.plans.plan import AnalysisRequest, Plan, Population
from seriatim.reviews.analyse import analyse
from seriatim.reviews.provenance import provenance_of_published
from seriatim.reviews.review import Review
from seriatim.tallies.consistency import consistency_findings
from seriatim.tallies.published import Published, published_tally, read_published
from seriatim.tallies.tally import Tally

NOTE = (
    "The table was printed by others; nothing is known of missing patients, grades or dates beyond the print."
    " Where a printed percentage fits several counts, each combination is an endpoint of its own."
)


def is_published(source: str | Path) -> bool:
    """A single YAML or CSV file is a printed table; a series is a folder, a workbook or CDISC files."""
    path = Path(source)
    return path.is_file() and path.suffix.lower() in {".yaml", ".yml", ".csv"}


def review_published(source: str | Path, *, command: str = "") -> Review:
    """Review a printed table by the same analyses as a series of patients."""
    published = read_published(Path(source))
    tally = published_tally(published)
    plan = plan_of(published, tally)
    tallies = {tally.name: tally}
    return Review(
        plan,
        analyse(tallies, plan),
        tallies,
        consistency_findings(published),
        provenance=provenance_of_published(published, plan, command),
    )


def plan_of(published: Published, tally: Tally) -> Plan:
    """The plan that a printed table is: its groups in their order and one endpoint a row, all exploratory."""
    key = tally.key("endpoint")
    endpoints = tuple(Endpoint(id=level, label=key.label(level)) for level in key.levels)
    return Plan(
        title=published.title,
        population=Population(label=f"patients of the printed table ({published.source})"),
        grouping=Levels(by="levels", column="group", levels=tally.levels("group")),
        endpoints=endpoints,
        analyses=(AnalysisRequest(name="incidence"),),
        notes=(NOTE,),
    )
