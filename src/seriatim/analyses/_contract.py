"""What must an analysis be? Its options, the tallies it needs, and the rows it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from seriatim.documents import Document
from seriatim.plans.plan import Plan
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import TallySpec
from seriatim.tallies.tally import Tally


class Analysis(Protocol):
    """A module on the shelf `analyses`. It sees tallies and the plan, never patients and never another analysis."""

    Options: type[Document]

    def needs(self, plan: Plan, options: Document) -> Sequence[TallySpec]:
        """The tallies that suffice."""

    def analyse(self, tallies: Mapping[str, Tally], plan: Plan, options: Document) -> Sequence[ResultRow]:
        """One row a statistic; what cannot be estimated is a row with its reason."""
