"""What is a review? Results, tallies and the report of one series under one plan, and how it is written and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

from seriatim.counting.count import count_all
from seriatim.displays._contract import Shown
from seriatim.errors import DataSetAside, Misuse
from seriatim.findings import Account, Finding, Receipt
from seriatim.pages import Page, Sentence
from seriatim.plans.plan import Plan, read_plan
from seriatim.reports.html import render_html
from seriatim.results.results import Results, write_results
from seriatim.reviews.account import account_of
from seriatim.reviews.analyse import analyse, tallies_needed
from seriatim.reviews.assemble import assemble
from seriatim.reviews.provenance import provenance_of
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.files import write_tallies
from seriatim.tallies.tally import Tally

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    """No progress wanted."""


@dataclass(frozen=True, repr=False)
class Review:
    """A finished review. `page` is the report as a value; a notebook shows it when the review is the last line."""

    plan: Plan
    results: Results
    tallies: Mapping[str, Tally]
    findings: tuple[Finding, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)
    account: Account = field(default_factory=Account)
    provenance: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def page(self) -> Page:
        shown = Shown(self.results, self.tallies, self.plan, self.findings, self.receipt, self.account)
        return assemble(shown)

    @property
    def answer(self) -> tuple[Sentence, ...]:
        """The sentences of the first screen."""
        return tuple(block for block in self.page.sections[0].blocks if isinstance(block, Sentence))

    @cached_property
    def html(self) -> str:
        """The report as one self-contained HTML file."""
        return render_html(self.page, provenance=self.provenance)

    def __repr__(self) -> str:
        answer = "".join(f"\n  {sentence.text}" for sentence in self.answer)
        return (
            f"Review of {self.page.subtitle}{answer}\n  {len(self.results):,} result rows, {len(self.tallies)} tallies"
        )

    def _repr_html_(self) -> str:
        # A frame of its own, because the style sheet of a whole page would restyle the notebook around it.
        title, page = escape(self.plan.title, quote=True), escape(self.html, quote=True)
        return f'<iframe title="{title}" sandbox="" width="100%" height="900" srcdoc="{page}"></iframe>'

    def write(self, folder: str | Path) -> Path:
        """Write `report.html`, `results.parquet`, `results.json` and `tallies/`; returns the path of the report."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        write_results(self.results, place)
        write_tallies(self.tallies, place / "tallies")
        report = place / "report.html"
        report.write_text(self.html, encoding="utf-8")
        return report


def review(
    series: TreatmentSeries, plan: Plan | str | Path, *, command: str = "", progress: Progress = _silent
) -> Review:
    """Review a series under a plan (a `Plan`, a file, or the name of a library plan).

    The review goes on over what was set aside and prints that account first; whether records set aside are allowed
    is asked by `require_nothing_set_aside`.
    """
    asked = plan if isinstance(plan, Plan) else read_plan(plan)
    _require_patients(series)
    progress("counting")
    counted = count_all(series, asked, tallies_needed(asked))
    progress("analysing")
    results = analyse(counted.tallies, asked)
    return Review(
        asked,
        results,
        counted.tallies,
        series.findings,
        series.receipt,
        account_of(series, counted.cases),
        provenance_of(series, asked, command),
    )


def _require_patients(series: TreatmentSeries) -> None:
    """An empty template is a series of nobody; the plan is not to blame for it."""
    if any(line.table == "patient" and not line.rows_used for line in series.receipt.tables):
        raise Misuse(f"{series.provenance.source}: no patient is in the patient table; fill it in, then review again")


def require_nothing_set_aside(done: Review) -> None:
    """Raise `DataSetAside` (exit code 3) if rows were set aside and the plan does not allow it."""
    lost = done.receipt.rows_set_aside
    if lost and done.plan.set_aside == "refuse":
        rows = "1 row was" if lost == 1 else f"{lost} rows were"
        raise DataSetAside(
            f"{rows} set aside; the report lists them. Mend the data, or write `set_aside: allow` in the plan"
        )
