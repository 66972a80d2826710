"""What is kept of a decision? All that it rests on, so that it can be worked out again and compared to the last bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.decide import Decision, decide, lasting
from seriatim.protocols.bedside.explain import Atom, Chart, Reason, chart
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.near_misses import near_misses
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.truth import Truth

SCHEMA = "seriatim.decision/1"


def record(decision: Decision, protocol: TreatmentProtocol) -> dict[str, Any]:
    """The decision as plain values for JSON: verdict, reasons, and under `asked` everything that was handed in.

    `human` is left for what people did with it; it never changes the verdict.
    """
    verdict = decision.verdict
    return {
        "schema": SCHEMA,
        "decision": {
            "definite": str(verdict.definite),
            "possible": str(verdict.possible),
            "operational": str(verdict.operational),
            "words": decision.words,
        },
        "protocol": {
            "name": decision.protocol,
            "sha256": decision.sha256,
            "unverified": list(decision.unverified),
        },
        "engine": {"version": decision.engine, "engines_agree": decision.checked_twice or None},
        "decided_at": decision.moment.at.isoformat(),
        "as_known_at": decision.moment.recorded_by.isoformat(),
        "because": [_reason(one) for one in decision.because],
        "cannot_exclude": [_reason(one) for one in decision.cannot_exclude],
        "barriers": [asdict(one) | {"then": str(one.then)} for one in decision.barriers],
        "lacking": list(verdict.lacking),
        "obtain_next": list(decision.obtain),
        "measures": list(decision.measures),
        "not_triggered": len(protocol.rules) - len(verdict.held) - len(verdict.maybe),
        "near_miss": [asdict(one) for one in near_misses(protocol, decision.known)],
        "facts": _facts(decision, protocol),
        "carry": {"open_holds": _truths(verdict.latches), "in_force": str(lasting(verdict))},
        "asked": _asked(decision),
        "human": {"accepted": None, "override": None},
        "use": NOT_FOR_USE,
    }


def replayed(stored: Mapping[str, Any], protocol: TreatmentProtocol) -> dict[str, Any]:
    """The record that the same question gives now. It is equal to the stored one, but for the engine's own version.

    What people added under `human` is theirs and is carried over. Raises `Misuse` for another protocol or schema.
    """
    if stored.get("schema") != SCHEMA:
        raise Misuse(f'the record has the schema "{stored.get("schema")}", expected "{SCHEMA}"')
    if stored["protocol"]["sha256"] != protocol.sha256:
        raise Misuse(
            f"the record was made under {stored['protocol']['name']} with the hash {stored['protocol']['sha256'][:12]},"
            f" not under {protocol.name} with {protocol.sha256[:12]}; give the protocol that it names"
        )
    asked = stored["asked"]
    decision = decide(
        protocol,
        [_observation(one, asked["patient_id"]) for one in asked["observations"]],
        _moment(asked),
        latches={rule: Truth[word.upper()] for rule, word in asked["open_holds"].items()},
        reached=Action(asked["in_force"]),
        barriers=[Barrier(**one | {"then": Action(one["then"])}) for one in stored["barriers"]],
        assume=asked["assume"],
        double_check=bool(stored["engine"]["engines_agree"]),
    )
    return record(decision, protocol) | {"human": stored["human"]}


def as_record(text: str) -> dict[str, Any] | None:
    """The stored record that a JSON text is; None where it is something else."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("schema") == SCHEMA else None


def _asked(decision: Decision) -> dict[str, Any]:
    moment = decision.moment
    return {
        "patient_id": moment.patient_id,
        "course": moment.course,
        "cycle": moment.cycle,
        "at": moment.at.isoformat(),
        "known_at": _text(moment.known_at),
        "past": [asdict(dose) | {"at": dose.at.isoformat()} for dose in moment.past],
        "open_holds": _truths(decision.latches),
        "in_force": str(decision.reached),
        "assume": decision.assume,
        "observations": [_charted(one) for one in decision.observations],
    }


def _moment(asked: Mapping[str, Any]) -> Moment:
    past = tuple(PastDose(**one | {"at": datetime.fromisoformat(one["at"])}) for one in asked["past"])
    at, known_at = datetime.fromisoformat(asked["at"]), _instant(asked["known_at"])
    return Moment(asked["patient_id"], asked["course"], asked["cycle"], at, past, known_at)


def _charted(one: Observation) -> dict[str, Any]:
    return {
        "code": one.code,
        "value": one.value,
        "unit": one.unit,
        "at": one.at.isoformat(),
        "at_latest": _text(one.at_latest),
        "recorded": _text(one.recorded),
        "status": one.status,
        "record": one.record,
    }


def _observation(one: Mapping[str, Any], patient: str) -> Observation:
    times = {name: _instant(one[name]) for name in ("at_latest", "recorded")}
    return Observation(patient, **{**one, "at": datetime.fromisoformat(one["at"]), **times})


def _facts(decision: Decision, protocol: TreatmentProtocol) -> dict[str, Any]:
    seen = chart(protocol, decision.known, decision.observations, decision.moment.recorded_by)
    return {name: _fact(name, fact, seen) for name, fact in sorted(decision.known.items())}


def _fact(name: str, fact: Fact | Unknown, seen: Chart) -> dict[str, Any]:
    return {
        "value": seen.found(name),
        "charted": seen.charted(name),
        "age_seconds": fact.age,
        "source_row": fact.source,
        "ticks": [fact.low, fact.high] if isinstance(fact, Fact) else None,
        "why": None if isinstance(fact, Fact) else str(fact.why),
    }


def _reason(one: Reason) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "then": str(one.then),
        "text": one.text,
        "atoms": [_atom(atom) for atom in one.atoms],
        "source": one.source,
        "interpretation": one.interpretation,
        "unverified": one.is_unverified,
        "still_open": one.still_open,
    }


def _atom(one: Atom) -> dict[str, Any]:
    return {
        "test": one.text,
        "holds": one.truth.name.lower(),
        "var": one.variable,
        "value": one.found,
        "charted": one.charted,
        "observed": _text(one.observed),
        "age_seconds": one.age_seconds,
        "source_row": one.source,
    }


def _truths(latches: Mapping[str, Truth]) -> dict[str, str]:
    return {rule: truth.name.lower() for rule, truth in sorted(latches.items())}


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
