"""Would the examples notice a slip of the pen? Each operator and threshold is changed; some example must answer
otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from seriatim.protocols.bedside.known import Known
from seriatim.protocols.bedside.verdict import Latches, judge
from seriatim.protocols.declared.examples import Example
from seriatim.protocols.examples import example_facts, normal_facts
from seriatim.protocols.load import group_members, where_applicable
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify._slips import Slip, slips
from seriatim.protocols.verify._solver import Prover, definite, z3
from seriatim.protocols.verify.finding import Gravity, Unsettled, VerifierFinding
from seriatim.rules.evaluate import evaluate
from seriatim.rules.parse import parse
from seriatim.rules.tree import Tree, groups_in, with_members
from seriatim.rules.truth import Truth


@dataclass(frozen=True)
class Mutant:
    """A protocol with one slip in one rule: in its `when` or in its `resume`."""

    rule: str
    part: str
    slip: Slip

    def __str__(self) -> str:
        return f"{self.rule}, {self.part}: {self.slip.words}"


@dataclass(frozen=True)
class MutationScore:
    """How many slips some example catches. Equivalent ones change no verdict of any complete record and do not
    count."""

    mutants: int
    equivalent: int
    caught: int
    survivors: tuple[Mutant, ...]

    @property
    def percent(self) -> float | None:
        """Of the slips that change something, how many are caught; None where there are none."""
        counted = self.mutants - self.equivalent
        return 100 * self.caught / counted if counted else None


def mutation_score(protocol: TreatmentProtocol) -> MutationScore:
    """Try every slip against every example.

    >>> from seriatim.protocols.load import read_protocol
    >>> mutation_score(read_protocol("il2-1998", unverified=True)).survivors
    ()
    """
    trial = _Trial(protocol)
    mutants = list(_mutants(trial))
    left = [mutant for mutant in mutants if not _is_caught(trial, mutant)]
    survivors = tuple(mutant for mutant in left if not _is_equivalent(trial, mutant))
    equivalent = len(left) - len(survivors)
    return MutationScore(len(mutants), equivalent, len(mutants) - len(left), survivors)


def survivors(score: MutationScore) -> Iterator[VerifierFinding]:
    """Each slip that no example notices."""
    for mutant in score.survivors:
        sentence = f"No example would notice this slip in the {mutant.part} of {mutant.rule}: {mutant.slip.words}."
        choose = "add an example that answers otherwise with the slip"
        yield VerifierFinding("mutation", Gravity.KNOW, (mutant.rule,), sentence, choose)


@dataclass(frozen=True)
class _Case:
    """An example with its facts and the protocol's own answer."""

    facts: Known
    opened: Latches
    answer: tuple[object, object]


class _Trial:
    """A protocol with what every mutant needs of it, worked out once."""

    def __init__(self, protocol: TreatmentProtocol) -> None:
        self.protocol = protocol
        self.groups = tuple(dict.fromkeys(rule.counts_as for rule in protocol.document.before_dose if rule.counts_as))
        self.written = {rule.id: parse(rule.declared.when, protocol.variables, self.groups) for rule in protocol.rules}
        normal = normal_facts(protocol)
        self.cases = [_case(protocol, example, normal) for example in protocol.document.examples]

    @cached_property
    def prover(self) -> Prover:
        return Prover(self.protocol)

    def with_slip(self, mutant: Mutant) -> TreatmentProtocol:
        """The protocol with the slip, also in the groups that count the rule."""
        if mutant.part == "resume":
            rules = [replace(r, resume=mutant.slip.tree) if r.id == mutant.rule else r for r in self.protocol.rules]
            return replace(self.protocol, rules=tuple(rules))
        written = {**self.written, mutant.rule: mutant.slip.tree}
        plain = {name: where_applicable(tree, self.protocol.applies) for name, tree in written.items()}
        members = {group: group_members(group, self.protocol.document.before_dose, plain) for group in self.groups}
        return replace(
            self.protocol, rules=tuple(_refilled(rule, plain[rule.id], members) for rule in self.protocol.rules)
        )


def _refilled(rule: Rule, plain: Tree, members: Mapping[str, tuple[Tree, ...]]) -> Rule:
    tree = with_members(plain, members) if groups_in(plain) else plain
    return rule if tree == rule.tree else replace(rule, tree=tree)


def _case(protocol: TreatmentProtocol, example: Example, normal: Known) -> _Case:
    facts, opened = example_facts(protocol, example, normal), dict.fromkeys(example.open_holds, Truth.TRUE)
    verdict = judge(protocol, facts, opened)
    return _Case(facts, opened, (verdict.definite, verdict.possible))


def _mutants(trial: _Trial) -> Iterator[Mutant]:
    for rule in trial.protocol.rules:
        for slip in slips(trial.protocol, trial.written[rule.id]):
            yield Mutant(rule.id, "when", slip)
        for slip in slips(trial.protocol, rule.resume) if rule.resume is not None else ():
            yield Mutant(rule.id, "resume", slip)


def _is_caught(trial: _Trial, mutant: Mutant) -> bool:
    slipped = trial.with_slip(mutant)
    changed = _changed(trial.protocol, slipped)
    return any(_answers_otherwise(slipped, case) for case in trial.cases if _may_differ(changed, case.facts))


def _changed(protocol: TreatmentProtocol, slipped: TreatmentProtocol) -> Sequence[tuple[Tree, Tree]]:
    pairs = list(zip(protocol.rules, slipped.rules, strict=True))
    whens = [(one.tree, other.tree) for one, other in pairs if one.tree != other.tree]
    resumes = [(one.resume, other.resume) for one, other in pairs if one.resume != other.resume]
    return [*whens, *((one, other) for one, other in resumes if one is not None and other is not None)]


def _may_differ(changed: Sequence[tuple[Tree, Tree]], facts: Known) -> bool:
    """Most slips leave most examples alone: only where a changed condition answers otherwise is the verdict asked."""
    return any(evaluate(one, facts) is not evaluate(other, facts) for one, other in changed)


def _answers_otherwise(slipped: TreatmentProtocol, case: _Case) -> bool:
    verdict = judge(slipped, case.facts, case.opened)
    return (verdict.definite, verdict.possible) != case.answer


def _is_equivalent(trial: _Trial, mutant: Mutant) -> bool:
    """Does the slip change no verdict of any record that is complete? What could not be settled counts as a change."""
    slipped, prover = trial.with_slip(mutant), trial.prover
    world = prover.world
    if any(rule.resume is not None for rule in trial.protocol.rules if rule.id == mutant.rule):
        differ = [definite(one, world) != definite(other, world) for one, other in _changed(trial.protocol, slipped)]
    else:
        differ = [prover.reaches(rank) != prover.reaches(rank, rules=slipped.rules) for rank in prover.ranks]
    try:
        return not prover.is_possible(z3().Or(*differ))
    except Unsettled:
        return False
