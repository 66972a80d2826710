"""Which rules changed from one version of a protocol to another, and with which change of practice?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seriatim.protocols.protocol import Rule, TreatmentProtocol


@dataclass(frozen=True)
class RuleChange:
    """One rule that is new, gone or another one; `from_` and `to` say versions, `since` when the later is in force."""

    rule: str
    kind: str  # "new", "gone", "changed"
    from_: str
    to: str
    since: date | None
    source: str

    @property
    def words(self) -> str:
        """As it is printed, with where it comes from."""
        return f"{self.rule} {self.kind} in {self.to} ({self.source})"


def rule_changes(earlier: TreatmentProtocol, later: TreatmentProtocol) -> tuple[RuleChange, ...]:
    """Every rule before a dose that differs in what it asks, does or when it ends; not in its wording."""
    before = {rule.id: rule for rule in earlier.rules}
    after = {rule.id: rule for rule in later.rules}
    found = []
    for name in sorted({*before, *after}):
        kind = _kind(before.get(name), after.get(name))
        if kind:
            cited = (after.get(name) or before[name]).declared.source
            since = later.document.effective.since
            found.append(RuleChange(name, kind, earlier.name, later.name, since, f"{cited.ref}, {cited.at}"))
    return tuple(found)


def _kind(before: Rule | None, after: Rule | None) -> str:
    if before is None:
        return "new"
    if after is None:
        return "gone"
    same = (before.tree, before.resume, before.then) == (after.tree, after.resume, after.then)
    return "" if same else "changed"


def linked(changes: Sequence[RuleChange], practice: Sequence[tuple[date, str]]) -> tuple[tuple[str, str], ...]:
    """Each dated change of practice, as (its label, the rules that changed on that day).

    A version without a day of its own is linked to nothing: the same day is the only link that is made, and that two
    things changed on one day does not say that one was the cause.

    >>> when = date(1988, 10, 1)
    >>> linked([RuleChange("renal", "new", "ward@1.0.0", "ward@2.0.0", when, "label, 2")], [(when, "stop earlier")])
    (('stop earlier', 'renal new in ward@2.0.0 (label, 2)'),)
    """
    found = []
    for day, label in practice:
        here = [change.words for change in changes if change.since == day]
        found.append((label, "; ".join(here) or "no rule of these versions changed on that day"))
    return tuple(found)
