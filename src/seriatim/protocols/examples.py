"""Does the protocol answer its own examples as they say? Each that it does not is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from seriatim.findings import Finding, Severity
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known, in_ticks
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.declared.examples import Example
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.faults import NotARule
from seriatim.rules.formula import work_out
from seriatim.rules.tree import Compare, atoms
from seriatim.rules.truth import Truth
from seriatim.rules.variables import Kind, Variable

Interval = tuple[Action, Action]


def failed_examples(protocol: TreatmentProtocol) -> tuple[Finding, ...]:
    """Every example that the protocol answers otherwise or that cannot be read; none where all is well.

    >>> from seriatim.protocols.load import read_protocol
    >>> failed_examples(read_protocol("community-2015"))
    ()
    """
    normal = normal_facts(protocol)
    return tuple(fault for example in protocol.document.examples for fault in _failed(protocol, example, normal))


def answer(protocol: TreatmentProtocol, example: Example, normal: Known) -> Interval:
    """The verdict of an example, from `definite` to `possible`. `normal` stands for what it does not give.

    Raises `ValueError` with what cannot be read.
    """
    facts = example_facts(protocol, example, normal)
    verdict = judge(protocol, facts, _opened(protocol, example))
    return verdict.definite, verdict.possible


def example_facts(protocol: TreatmentProtocol, example: Example, normal: Known) -> Known:
    """What is known in an example. A derived value that is not given is worked out from what is.

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("community-2015")
    >>> boundary = Example(name="2.9", given={"creatinine": "2.9 mg/dL"}, expect=Action.HOLD_DOSE)
    >>> example_facts(protocol, boundary, {})["creatinine"].low / protocol.variables["creatinine"].ticks_per_unit
    2.9
    """
    given = {name: _given(protocol, name, value) for name, value in example.given.items()}
    known: Known = {**(normal if example.others == "normal" else {}), **given}
    derived = {name: work_out(formula, known) for name, formula in protocol.formulas.items() if name not in given}
    return known | derived


def normal_facts(protocol: TreatmentProtocol) -> Known:
    """A value for each variable so that no rule holds: the mildest end of the plausible range where that is one.

    Looked for one variable at a time, by what each still lets hold. Where the rules leave no such patient, the
    rules that hold to the last make the examples fail that expect to give.
    """
    candidates = {name: _candidates(protocol, name) for name in protocol.variables if name not in protocol.formulas}
    known = _with_derived(protocol, {name: Fact(values[0], values[0]) for name, values in candidates.items()})
    for name, values in candidates.items():
        if not (most := _possible(protocol, known)):
            break
        tried = [_with_derived(protocol, known | {name: Fact(value, value)}) for value in values]
        best = min(tried, key=lambda facts: _possible(protocol, facts))
        known = best if _possible(protocol, best) < most else known
    return known


def _failed(protocol: TreatmentProtocol, example: Example, normal: Known) -> Iterator[Finding]:
    try:
        found = answer(protocol, example, normal)
    except ValueError as problem:
        yield _finding(protocol, example, str(problem), "values as the variables are declared", "mend the example")
        return
    if found != example.interval:
        move = "mend the rule, or the example where the rule is right"
        yield _finding(protocol, example, _words(found), _words(example.interval), move)


def _finding(protocol: TreatmentProtocol, example: Example, found: str, expected: str, move: str) -> Finding:
    place = f'example "{example.name}"'
    return Finding("protocol.example", Severity.WARNING, protocol.name, None, place, found, expected, move)


def _words(interval: Interval) -> str:
    definite, possible = interval
    return str(definite) if definite == possible else f"{definite} to {possible}"


def _given(protocol: TreatmentProtocol, name: str, value: str | bool | float | None) -> Fact | Unknown:
    if name not in protocol.variables:
        raise ValueError(f'no variable "{name}"')
    if value is None:
        return Unknown()
    variable = protocol.variables[name]
    try:
        ticks = in_ticks(str(value), variable)
    except (NotARule, KeyError, ValueError):
        raise ValueError(f'no value of {name}: "{value}"') from None
    return Fact(ticks, ticks)


def _opened(protocol: TreatmentProtocol, example: Example) -> dict[str, Truth]:
    lasting = {rule.id for rule in protocol.rules if rule.resume is not None}
    if strange := sorted(set(example.open_holds) - lasting):
        raise ValueError(f"no rule with resume: {', '.join(strange)}")
    return dict.fromkeys(example.open_holds, Truth.TRUE)


def _candidates(protocol: TreatmentProtocol, name: str) -> Sequence[int]:
    """Values worth trying, the mildest first: the ends and the middle of what is plausible, and what rules ask for."""
    variable, declared = protocol.variables[name], protocol.document.variables[name]
    if variable.levels:
        places = range(len(variable.levels))
        return places if declared.worse != "down" else places[::-1]
    if variable.kind is Kind.COUNT and variable.range_in_ticks is None:
        return (0, 1) if declared.worse != "down" else (1, 0)
    low, high = variable.range_in_ticks or (0, 1)
    ends = {"up": (low, high), "down": (high, low)}.get(declared.worse, ((low + high) // 2, low))
    near = [value for value in _near_thresholds(protocol, variable) if low <= value <= high]
    return (*ends, (low + high) // 2, *near)


def _near_thresholds(protocol: TreatmentProtocol, variable: Variable) -> Iterator[int]:
    step = int(Fraction(protocol.document.variables[variable.name].resolution or 1) * variable.ticks_per_unit)
    for atom in (atom for rule in protocol.rules for atom in atoms(rule.tree)):
        if isinstance(atom, Compare) and [term.variable for term in atom.terms] == [variable.name]:
            place = atom.constant // atom.terms[0].coefficient
            yield from (place - step, place, place + step)


def _with_derived(protocol: TreatmentProtocol, known: Known) -> Known:
    return known | {name: work_out(formula, known) for name, formula in protocol.formulas.items()}


def _possible(protocol: TreatmentProtocol, known: Known) -> int:
    return sum(protocol.fast(known)[1][: len(protocol.rules)])
