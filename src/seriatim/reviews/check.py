"""What is wrong with a source? Its reading, its typing and the plausibility of its dates and values, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seriatim.findings import Finding, Receipt, Severity
from seriatim.reviews.published import is_published
from seriatim.reviews.read import read
from seriatim.tallies.consistency import consistency_findings
from seriatim.tallies.published import read_published

MUST_MEND = (Severity.ROW_SET_ASIDE, Severity.VALUE_SET_ASIDE)
CONTRADICTS = (Severity.WARNING,)  # of a printed table; a note only says what could not be checked


@dataclass(frozen=True)
class Checked:
    """Findings and receipt of one source."""

    findings: tuple[Finding, ...]
    receipt: Receipt

    published: bool = False

    @property
    def needs_mending(self) -> bool:
        """A series with anything set aside, or a printed table with any contradiction."""
        grave = CONTRADICTS if self.published else MUST_MEND
        return any(finding.severity in grave for finding in self.findings)

    @property
    def summary(self) -> str:
        if self.published:
            contradictions = sum(finding.severity in CONTRADICTS for finding in self.findings)
            noun = "contradiction" if contradictions == 1 else "contradictions"
            return f"{contradictions} {noun} in the printed table"
        rows = sum(finding.rows for finding in self.findings if finding.severity in MUST_MEND)
        others = sum(finding.rows for finding in self.findings) - rows
        return f"{rows} rows or values were set aside; {others} more are kept with a warning or a note"


def check_source(source: str | Path, *, mapping: str | Path | None = None) -> Checked:
    """Check a source without counting anything."""
    if is_published(source):
        return Checked(consistency_findings(read_published(Path(source))), Receipt(), published=True)
    series = read(source, mapping=mapping)
    return Checked(series.findings, series.receipt)
