"""May this candidate be treated? Each criterion met, not met, waived or not decidable, and consent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.explain import Chart, chart
from seriatim.protocols.bedside.known import Known, known_at
from seriatim.protocols.bedside.moment import Moment, absolute
from seriatim.protocols.bedside.observations import Observation, named
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.protocol import Screen, TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.formula import work_out
from seriatim.rules.tree import variables
from seriatim.rules.truth import Truth

Eligible = Literal["eligible", "not eligible", "cannot be decided"]
_WORDS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.UNKNOWN: "cannot be decided"}


@dataclass(frozen=True, slots=True)
class Waiver:
    """A criterion set aside for one patient: by whom (the role), when, until when, and why, in writing."""

    criterion: str
    role: str
    at: datetime
    reason: str
    until: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", absolute(self.at, "the time of a waiver"))
        if self.until is not None:
            object.__setattr__(self, "until", absolute(self.until, "the end of a waiver"))


@dataclass(frozen=True, slots=True)
class Consent:
    """When the patient consented, until when that holds, and when it was withdrawn."""

    given: datetime
    until: datetime | None = None
    withdrawn: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("given", "until", "withdrawn"):
            if (time := getattr(self, name)) is not None:
                object.__setattr__(self, name, absolute(time, "the time of consent"))


@dataclass(frozen=True, slots=True)
class Answered:
    """One criterion: what it is, its answer, what was found for each variable, and the waiver that sets it aside."""

    criterion: str
    text: str
    truth: Truth
    found: tuple[tuple[str, str], ...]
    source: str
    waived: Waiver | None = None
    refused_waivers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Met, not met, cannot be decided; with "waived" where that is so."""
        return _WORDS[self.truth] + (f", waived by {self.waived.role}" if self.waived else "")

    @property
    def is_passed(self) -> bool:
        return self.truth is Truth.TRUE or self.waived is not None


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer for a candidate, criterion by criterion; who is not eligible stays in the account."""

    criteria: tuple[Answered, ...]
    consent: Truth
    consent_words: str

    @property
    def answer(self) -> Eligible:
        if self.consent is Truth.FALSE or any(one.truth is Truth.FALSE and not one.is_passed for one in self.criteria):
            return "not eligible"
        decided = self.consent is Truth.TRUE and all(one.is_passed for one in self.criteria)
        return "eligible" if decided else "cannot be decided"

    @property
    def barriers(self) -> tuple[Barrier, ...]:
        """What of it keeps a dose back: a criterion that fails holds it, one that cannot be decided delays it."""
        found = []
        for one in self.criteria:
            if not one.is_passed:
                then = Action.HOLD_DOSE if one.truth is Truth.FALSE else Action.DELAY
                found.append(Barrier("screening", then, f"{one.text}: {_WORDS[one.truth]}", _obtain(one)))
        if self.consent is not Truth.TRUE:
            then = Action.HOLD_DOSE if self.consent is Truth.FALSE else Action.DELAY
            found.append(Barrier("consent", then, self.consent_words))
        return tuple(found)


def screen(
    protocol: TreatmentProtocol,
    observations: Iterable[Observation],
    moment: Moment,
    *,
    waivers: Sequence[Waiver] = (),
    consent: Consent | None = None,
) -> Screening:
    """Ask every criterion at one moment, the first dose as a rule.

    A criterion with `valid_for` counts only values that are no older. A waiver counts from one of the roles that the
    protocol names, in writing and in time; one that does not count is told with the reason. Raises `Misuse` for a
    waiver of a criterion that the protocol has not.
    """
    charted = named(observations)
    strange = {one.criterion for one in waivers} - {one.id for one in protocol.screens}
    if strange:
        raise Misuse(f"a waiver of {', '.join(sorted(strange))}, which {protocol.name} does not ask; mend its name")
    known = known_at(protocol, charted, moment)
    answers = tuple(_answered(protocol, one, known, charted, moment, waivers) for one in protocol.screens)
    return Screening(answers, *_consented(consent, moment.at))


def _answered(
    protocol: TreatmentProtocol,
    asked: Screen,
    known: Known,
    charted: Sequence[Observation],
    moment: Moment,
    waivers: Sequence[Waiver],
) -> Answered:
    declared = asked.declared
    fresh = _valid(protocol, known, declared.valid_for)
    seen = chart(protocol, fresh, charted, moment.recorded_by)
    refusals = [(one, _refusal(one, declared.waivable_by, moment.at)) for one in waivers if one.criterion == asked.id]
    return Answered(
        asked.id,
        declared.text,
        evaluate(asked.eligible, fresh),
        tuple((protocol.variables[name].text or name, _told(name, seen)) for name in sorted(variables(asked.eligible))),
        f"{declared.source.ref}, {declared.source.at}",
        next((one for one, refusal in refusals if not refusal), None),
        tuple(refusal for _, refusal in refusals if refusal),
    )


def _valid(protocol: TreatmentProtocol, known: Known, valid_for: str | None) -> Known:
    """The facts without those that are older than an answer may be; what is derived from one goes with it."""
    if valid_for is None:
        return known
    limit = seconds(valid_for)
    fresh: Known = {
        name: Unknown(Missing.STALE, f"valid for {valid_for}", fact.age, fact.source)
        if isinstance(fact, Fact) and fact.age > limit
        else fact
        for name, fact in known.items()
    }
    return fresh | {name: work_out(formula, fresh) for name, formula in protocol.formulas.items()}


def _told(name: str, seen: Chart) -> str:
    charted = seen.charted(name)
    found = seen.found(name)
    return found if not charted or charted == found else f"{found}, charted as {charted}"


def _refusal(waiver: Waiver, roles: Sequence[str], at: datetime) -> str:
    """Why a waiver does not count; empty where it does."""
    if not roles:
        return f"{waiver.criterion} may not be waived by anybody"
    if waiver.role not in roles:
        return f"{waiver.criterion} may be waived by {' or '.join(roles)}, not by {waiver.role}"
    if not waiver.reason.strip():
        return f"the waiver of {waiver.criterion} gives no reason; it has to be in writing"
    if waiver.at > at:
        return f"the waiver of {waiver.criterion} is dated after this moment"
    if waiver.until is not None and waiver.until < at:
        return f"the waiver of {waiver.criterion} has run out"
    return ""


def _consented(consent: Consent | None, at: datetime) -> tuple[Truth, str]:
    if consent is None:
        return Truth.UNKNOWN, "no consent is recorded"
    if consent.withdrawn is not None and consent.withdrawn <= at:
        return Truth.FALSE, "consent was withdrawn"
    if consent.given > at:
        return Truth.UNKNOWN, "consent is dated after this moment"
    if consent.until is not None and consent.until < at:
        return Truth.UNKNOWN, "consent has run out and must be asked for again"
    return Truth.TRUE, "consent was given"


def _obtain(one: Answered) -> str:
    missing = [name for name, found in one.found if found.startswith("unknown")]
    return f"obtain {', '.join(missing)}" if missing else ""
