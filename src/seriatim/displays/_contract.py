"""What must a display be? What it is given, and the section it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from seriatim.findings import Account, Finding, Receipt
from seriatim.pages import Section, Sentence
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.tally import Tally


@dataclass(frozen=True)
class Shown:
    """Everything a report is made from: results, tallies, the plan, and what was found wrong with the data."""

    results: Results
    tallies: Mapping[str, Tally]
    plan: Plan
    findings: tuple[Finding, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)
    account: Account = field(default_factory=Account)


class Display(Protocol):
    """A module on the shelf `displays`, named for the section it makes.

    It reads result rows and tallies, computes nothing that a reader could quote, and says no more than the rows do.
    """

    def lead(self, shown: Shown) -> tuple[Sentence, ...]:
        """The sentences for the first screen, at most two; none where the analysis was not asked for."""

    def section(self, shown: Shown) -> Section | None:
        """The section, or None where the analysis was not asked for."""
