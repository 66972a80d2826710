"""What follows from the rules for one decision? The most restrictive action that is certain, and that is possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seriatim.protocols.actions import PERMITS, Action
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Facts
from seriatim.rules.truth import Truth

Latches = Mapping[str, Truth]
"""Rule id -> is its hold open: certainly, possibly, or not."""


@dataclass(frozen=True)
class Verdict:
    """The interval of actions, and the one to act on.

    `definite` is the worst action of the rules that hold, `possible` of those that hold or may hold. `operational` is
    `definite` where both agree; where they do not, at least what the protocol says for *undecided*. To give is earned:
    it needs both to be a permission and every required input to be known.
    """

    definite: Action
    possible: Action
    operational: Action
    held: tuple[str, ...]  # rules that hold, or whose hold is still open
    maybe: tuple[str, ...]  # rules that may hold
    lacking: tuple[str, ...]  # required variables that are not known
    latches: Mapping[str, Truth] = field(default_factory=dict)

    @property
    def is_decided(self) -> bool:
        return self.definite == self.possible and not self.lacking


def judge(
    protocol: TreatmentProtocol, facts: Facts, latches: Latches | None = None, reached: Action = Action.GIVE
) -> Verdict:
    """The verdict under the facts. `latches` are the open holds of this cycle, `reached` a stop that is still in force.

    Rules have no order and no priority: the most restrictive one decides.
    """
    definite, possible = protocol.fast(facts)
    truths = [Truth.of(*pair) for pair in zip(definite, possible, strict=True)]
    opened = _latched(protocol, truths, latches or {})
    states = [opened.get(rule.id, truth) for rule, truth in zip(protocol.rules, truths, strict=False)]
    certain = max([reached, *(r.then for r, s in zip(protocol.rules, states, strict=True) if s.definite)])
    worst = max([certain, *(r.then for r, s in zip(protocol.rules, states, strict=True) if s.possible)])
    lacking = lacking_inputs(protocol, facts) if certain in PERMITS else ()
    return Verdict(
        certain,
        worst,
        _operational(protocol, certain, worst, lacking),
        _ids(protocol.rules, states, Truth.TRUE),
        _ids(protocol.rules, states, Truth.UNKNOWN),
        lacking,
        opened,
    )


def lacking_inputs(protocol: TreatmentProtocol, facts: Facts) -> tuple[str, ...]:
    """Variables without which nothing is given; one that the patient certainly does not have is not asked for."""
    wanted = [name for name, v in protocol.document.variables.items() if any(a in PERMITS for a in v.required_for)]
    unknown = [name for name in wanted if not isinstance(facts.get(name), Fact)]
    return tuple(name for name in unknown if not _does_not_apply(protocol, name, facts))


def _does_not_apply(protocol: TreatmentProtocol, name: str, facts: Facts) -> bool:
    return name in protocol.applies and evaluate(protocol.applies[name], facts) is Truth.FALSE


def _latched(protocol: TreatmentProtocol, truths: Sequence[Truth], before: Latches) -> dict[str, Truth]:
    """A hold with `resume` opens when its rule holds and stays until resuming is certain."""
    with_resume = [rule for rule in protocol.rules if rule.resume is not None]
    resumes = truths[len(protocol.rules) :]
    own = {rule.id: truth for rule, truth in zip(protocol.rules, truths, strict=False)}
    opened = {}
    for rule, resume in zip(with_resume, resumes, strict=True):
        was = Truth.FALSE if resume.definite else before.get(rule.id, Truth.FALSE)
        now = own[rule.id]
        opened[rule.id] = Truth.of(now.definite or was.definite, now.possible or was.possible)
    return opened


def _operational(protocol: TreatmentProtocol, definite: Action, possible: Action, lacking: Sequence[str]) -> Action:
    if definite == possible and not lacking:
        return definite
    return max(definite, protocol.document.when_undecided)


def _ids(rules: Sequence[Rule], states: Sequence[Truth], wanted: Truth) -> tuple[str, ...]:
    return tuple(rule.id for rule, state in zip(rules, states, strict=True) if state is wanted)
