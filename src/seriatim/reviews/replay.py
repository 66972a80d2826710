"""What would a protocol have said before every dose of a series, and another against it? The answer as a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from seriatim import shelves
from seriatim.counting.count import count
from seriatim.derive._cases import Cases, derive_cases
from seriatim.derive._practice import practice_changes
from seriatim.displays._contract import Shown
from seriatim.findings import Account, Finding, Receipt
from seriatim.pages import Block, Cell, Page, Section, Sentence, Table, TableRow
from seriatim.plans.grouping import Blocks, PracticePeriods
from seriatim.plans.plan import AnalysisRequest, Plan
from seriatim.protocols.load import read_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.changes import RuleChange, linked, rule_changes
from seriatim.protocols.replay.charted import AsKnown
from seriatim.protocols.replay.decisions import decisions_of
from seriatim.protocols.replay.limits import limits_of
from seriatim.protocols.replay.sweep import Sweep
from seriatim.reports.html import render_html
from seriatim.results.results import Results, write_results
from seriatim.reviews.account import account_of
from seriatim.reviews.analyse import analyse, tallies_needed
from seriatim.reviews.provenance import provenance_of
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.files import write_tallies
from seriatim.tallies.tally import Tally

SECTIONS = ("protocol_replay", "adherence", "screening_effect", "counted")


def _silent(_: str) -> None:
    """No progress wanted."""


@dataclass(frozen=True)
class Replay:
    """A finished replay. `page` is the report as a value, `limits` what it does not show, never left out of it."""

    plan: Plan
    results: Results
    tallies: Mapping[str, Tally]
    limits: tuple[str, ...]
    changes: tuple[RuleChange, ...] = ()
    practice: tuple[tuple[str, str], ...] = ()  # change of practice, rules that changed on its day
    findings: tuple[Finding, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)
    account: Account = field(default_factory=Account)
    provenance: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def page(self) -> Page:
        shown = Shown(self.results, self.tallies, self.plan, self.findings, self.receipt, self.account)
        displays = [shelves.take("displays", name) for name in SECTIONS]
        sections = [section for display in displays if (section := display.section(shown))]
        lead = tuple(sentence for display in displays for sentence in display.lead(shown))
        told = Section("limits", "What a replay does not show", tuple(Sentence(text) for text in self.limits))
        caution = Sentence(self.limits[-1], (), "caution")
        answer = Section("answer", "The answer", (*lead, caution))
        changed = (_changes(self),) if self.changes else ()
        return Page(self.plan.title, _population(self), (answer, told, *sections[:1], *changed, *sections[1:]))

    @cached_property
    def html(self) -> str:
        """The report as one self-contained HTML file."""
        return render_html(self.page, provenance=self.provenance)

    def _repr_html_(self) -> str:
        return self.html

    def write(self, folder: str | Path) -> Path:
        """Write the report, the results, `limits.json` and `tallies/`; returns the path of the report."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        write_results(self.results, place)
        write_tallies(self.tallies, place / "tallies")
        (place / "limits.json").write_text(json.dumps(list(self.limits), indent=1), encoding="utf-8")
        report = place / "report.html"
        report.write_text(self.html, encoding="utf-8")
        return report


def replay(
    series: TreatmentSeries,
    protocol: TreatmentProtocol | str | Path,
    against: TreatmentProtocol | str | Path | None = None,
    *,
    plan: Plan | None = None,
    as_known: AsKnown = "at_decision",
    hours: int = 24,
    sweep: Sweep | None = None,
    unverified: bool = False,
    command: str = "",
    progress: Callable[[str], None] = _silent,
) -> Replay:
    """Replay a series under a protocol, and under another against it. Review and simulation only.

    `plan` gives population and groups; without it the groups are the periods between changes of practice. Events within
    `hours` after a dose count.
    `sweep` moves one threshold of the first protocol. Raises `Misuse` for a series without doses, or for a protocol
    with unverified parts unless `unverified`.
    """
    first = _read(protocol, unverified)
    second = None if against is None else _read(against, unverified)
    options = {"as_known": as_known, "hours": hours, "unverified": unverified}
    asked = _plan(first, second, plan, options, sweep, _grouping(series))
    progress("reading the doses")
    decisions = decisions_of(series)
    cases = derive_cases(series, asked)
    protocols = (first,) if second is None else (first, second)
    cases.kept.update({("protocol", one.name): one for one in protocols})
    changes = () if second is None else rule_changes(first, second)
    progress("replaying")
    tallies = _counted(series, cases, asked)
    progress("analysing")
    return Replay(
        asked,
        analyse(tallies, asked),
        tallies,
        limits_of(series, decisions, protocols, as_known),
        changes,
        linked(changes, [(change.day, change.label) for change in practice_changes(series)]),
        series.findings,
        series.receipt,
        account_of(series, cases),
        {**provenance_of(series, asked, command), **_hashes(protocols)},
    )


def _hashes(protocols: tuple[TreatmentProtocol, ...]) -> dict[str, str]:
    return {f"Protocol {one.name} (SHA-256)": one.sha256 for one in protocols}


def _read(source: TreatmentProtocol | str | Path, unverified: bool) -> TreatmentProtocol:
    return source if isinstance(source, TreatmentProtocol) else read_protocol(source, unverified=unverified)


def _plan(
    first: TreatmentProtocol,
    second: TreatmentProtocol | None,
    plan: Plan | None,
    options: Mapping[str, Any],
    sweep: Sweep | None,
    grouping: Blocks | PracticePeriods,
) -> Plan:
    """The plan with the analyses of a replay alone: what else it asks is for a review."""
    other = second or first
    moved = {} if sweep is None else {"sweep": asdict(sweep)}
    pair = {"protocol": first.name, "against": other.name, **options, **moved}
    requests = [AnalysisRequest(name="adherence", options={"protocol": first.name, **options})]
    if second is not None or sweep is not None:
        requests.insert(0, AnalysisRequest(name="protocol_replay", options=pair))
    if first.screens:
        screened = {"protocol": first.name, "unverified": options["unverified"]}
        requests.append(AnalysisRequest(name="screening_effect", options=screened))
    accrual = [AnalysisRequest(name="accrual")]
    title = f"Replay of {first.name}" + (f" against {second.name}" if second else "")
    base = plan or Plan(title=title, grouping=grouping)
    return base.model_copy(update={"title": title, "analyses": (*accrual, *requests), "endpoints": (), "primary": None})


def _grouping(series: TreatmentSeries) -> Blocks | PracticePeriods:
    """Periods between the dated changes of practice, where there are any, else everybody together."""
    if practice_changes(series):
        return PracticePeriods(by="practice periods")
    return Blocks(by="blocks", size=10**9)


def _counted(series: TreatmentSeries, cases: Cases, plan: Plan) -> dict[str, Tally]:
    return {spec.name: count(series, cases, spec) for spec in tallies_needed(plan)}


def _changes(done: Replay) -> Section:
    """Which rules differ between the protocols, and the changes of practice of the series beside them."""
    said = {"new": "only in the second", "gone": "only in the first", "changed": "another in the second"}
    rows = tuple(TableRow(c.rule, (Cell(said[c.kind], (), "text"), Cell(c.source, (), "text"))) for c in done.changes)
    blocks: list[Block] = [Table("rule_changes", "Rules that differ", ("Rule", "Difference", "Source"), rows)]
    if done.practice:
        lines = tuple(TableRow(label, (Cell(rules, (), "text"),)) for label, rules in done.practice)
        caption = "Changes of practice and the rules that changed on their day"
        blocks.append(Table("practice_and_rules", caption, ("Change of practice", "Rules"), lines))
        blocks.append(Sentence("That two things changed on one day does not say that one was the cause."))
    return Section("changes", "Which rules changed?", tuple(blocks))


def _population(done: Replay) -> str:
    decided = int(done.tallies["adherence_by_case"].n.sum())
    patients = len(set(done.tallies["adherence_by_case"].columns["case_number"].tolist()))
    return f"{decided:,} planned doses of {patients:,} {done.plan.population.label}."
