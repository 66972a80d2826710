"""At which dose level is this dose, and does the protocol allow it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from seriatim.protocols.dosing.declared import DoseRule, Levels
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.refusal import Reason


def share_of(rule: DoseRule, level: str | None) -> Decimal:
    """The percent of the full dose that a level gives; 100 without levels. `level_reasons` came before."""
    if rule.modifications == "none_allowed" or level is None:
        return Decimal(100)
    return _shares(rule.modifications).get(level, Decimal(100))


def level_reasons(rule: DoseRule, level: str | None, given: Sequence[GivenDose] | None) -> Iterable[Reason]:
    """Why the level cannot be given: none named, one that the rule has not, or a climb back that it does not allow."""
    if rule.modifications == "none_allowed":
        if level is not None:
            yield Reason(
                "level.forbidden",
                f"the dose level {level}",
                "the full dose or none: this protocol allows no reduction",
                "give the full dose, hold it or stop",
            )
        return
    shares = _shares(rule.modifications)
    if level not in shares:
        found = "no dose level" if level is None else f"the dose level {level}"
        yield Reason("level.unknown", found, f"one of {', '.join(shares)}", "name the level")
    elif rule.modifications.re_escalation == "not_allowed":
        yield from _climbs(shares, level, given)


def _climbs(shares: dict[str, Decimal], level: str, given: Sequence[GivenDose] | None) -> Iterable[Reason]:
    if given is None:
        yield Reason("level.history", "no record of earlier doses", "their levels", "give the list of earlier doses")
        return
    if any(dose.level not in shares for dose in given):
        found = "an earlier dose without a level of this protocol"
        yield Reason("level.history", found, f"one of {', '.join(shares)}", "name the level that each was given at")
    reached = [dose.level for dose in given if dose.level in shares]
    lowest = min(reached, key=lambda name: shares[str(name)], default=None)
    if lowest is not None and shares[level] > shares[lowest]:
        yield Reason(
            "level.re_escalation",
            f"the dose level {level} after {lowest}",
            f"{lowest} or lower: a reduced dose is not raised again",
            "stay at the reduced level",
        )


def _shares(levels: Levels) -> dict[str, Decimal]:
    return {level.name: level.share.to("%") for level in levels.levels}
