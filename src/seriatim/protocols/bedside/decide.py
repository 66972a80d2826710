"""May this patient have the next dose? One decision with everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from seriatim.errors import Misuse
from seriatim.protocols.actions import LASTING, Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.explain import Reason, chart, reason, wanted
from seriatim.protocols.bedside.known import Known, known_at
from seriatim.protocols.bedside.moment import Moment
from seriatim.protocols.bedside.observations import Observation, named
from seriatim.protocols.bedside.second_opinion import agrees
from seriatim.protocols.bedside.verdict import Latches, Verdict, judge
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.rules.truth import Truth


@dataclass(frozen=True)
class Decision:
    """A verdict with its reasons. `verdict.operational` is what to act on; `words` says it in one sentence."""

    protocol: str
    sha256: str
    moment: Moment
    verdict: Verdict
    because: tuple[Reason, ...]
    cannot_exclude: tuple[Reason, ...]
    barriers: tuple[Barrier, ...]
    obtain: tuple[str, ...]
    measures: tuple[str, ...]
    unverified: tuple[str, ...]
    known: Known
    observations: tuple[Observation, ...]  # all whose code the protocol asks, each with a record
    latches: Latches
    reached: Action
    assume: bool
    checked_twice: bool
    engine: str

    @property
    def words(self) -> str:
        """The verdict in one sentence, never without the caution."""
        verdict = self.verdict
        lacking = f" Obtain: {', '.join(self.obtain)}." if self.obtain else ""
        excluded = f"; {verdict.possible.words!r} cannot be excluded" if verdict.possible > verdict.definite else ""
        doubt = f" This protocol has {len(self.unverified)} unverified parts." if self.unverified else ""
        return f"{_capital(verdict.operational.words)}{excluded}.{lacking}{doubt} {NOT_FOR_USE}"


def decide(
    protocol: TreatmentProtocol,
    observations: Iterable[Observation],
    moment: Moment,
    *,
    latches: Latches | None = None,
    reached: Action = Action.GIVE,
    barriers: Sequence[Barrier] = (),
    assume: bool = True,
    double_check: bool = True,
) -> Decision:
    """Decide before one dose. Review and simulation only.

    `latches` are the open holds that the previous decision of this cycle left, `reached` the stop that is still in
    force (`carried` gives both), `barriers` what `timing` and `screening` found. With `double_check` the rules are
    also worked out by a second engine; if the two ever disagreed there would be no decision but a `Disagreement`.
    Raises `Misuse` for observations of another patient or times without a zone.
    """
    charted = _asked(protocol, observations, moment)
    known = known_at(protocol, charted, moment, assume=assume)
    in_force = max([reached, *(barrier.then for barrier in barriers)])
    verdict = judge(protocol, known, latches, in_force)
    if double_check and not agrees(protocol, known):
        raise Disagreement(protocol.name)
    seen = chart(protocol, known, charted, moment.recorded_by)
    held = [rule for rule in protocol.rules if rule.id in verdict.held and rule.then > Action.GIVE]
    maybe = [rule for rule in protocol.rules if rule.id in verdict.maybe and rule.then > verdict.definite]
    open_holds = [rule for rule in held if rule.resume is not None]
    asked = {name for rule in (*maybe, *open_holds) for name in wanted(rule, known)} | set(verdict.lacking)
    return Decision(
        protocol.name,
        protocol.sha256,
        moment,
        verdict,
        tuple(reason(rule, seen, Truth.TRUE) for rule in held),
        tuple(reason(rule, seen, Truth.UNKNOWN) for rule in maybe),
        tuple(barriers),
        tuple(sorted(protocol.variables[name].text or name for name in asked)),
        tuple(dict.fromkeys(measure for rule in held for measure in rule.declared.measures)),
        protocol.unverified,
        known,
        charted,
        dict(latches or {}),
        reached,
        assume,
        double_check,
        f"seriatim {version('seriatim')}",
    )


class Disagreement(Misuse):
    """Two engines read one rule differently: no recommendation. A fault of this software, to be reported."""

    def __init__(self, protocol: str) -> None:
        super().__init__(f"{protocol}: two engines disagree, so there is no decision; keep the record and report it")


def lasting(verdict: Verdict) -> Action:
    """The stop of a verdict that later decisions must keep; give where there is none."""
    return verdict.definite if verdict.definite in LASTING else Action.GIVE


def carried(previous: Decision, moment: Moment) -> tuple[Latches, Action]:
    """What of an earlier decision is still in force at a later one: the open holds of its cycle, and its stop.

    A stop of the cycle ends with the cycle, a stop of the course with the course, *never again* never.
    """
    before = previous.moment
    same_course = before.course == moment.course
    same_cycle = same_course and before.cycle == moment.cycle
    stop = lasting(previous.verdict)
    ends = (stop is Action.STOP_CYCLE and not same_cycle) or (stop is Action.STOP_COURSE and not same_course)
    return (previous.verdict.latches if same_cycle else {}), (Action.GIVE if ends else stop)


def _asked(protocol: TreatmentProtocol, observations: Iterable[Observation], moment: Moment) -> tuple[Observation, ...]:
    """What the protocol asks about, in an order of its own, and each under a name that finds it again."""
    codes = {code.lower() for declared in protocol.document.variables.values() for code in declared.codes}
    # Another patient's are kept here whatever their code, so that they are refused.
    mine = [one for one in observations if one.code.lower() in codes or one.patient_id != moment.patient_id]
    return named(mine)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
