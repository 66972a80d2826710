"""How does a protocol file become a protocol? Names, units and rules are checked together, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from seriatim.documents import Located, Place, load_located, read_text
from seriatim.errors import Misuse
from seriatim.findings import Finding
from seriatim.protocols.declared.amount import fraction
from seriatim.protocols.declared.protocol import SCHEMA, ProtocolDocument
from seriatim.protocols.declared.rules import PreDoseRule
from seriatim.protocols.declared.variables import VariableDeclaration
from seriatim.protocols.dosing.declared import citations
from seriatim.protocols.protocol import Rule, Screen, TreatmentProtocol
from seriatim.rules.faults import NotARule
from seriatim.rules.formula import Formula, parse_formula
from seriatim.rules.parse import parse
from seriatim.rules.tree import And, Not, Or, Tree, groups_in, overdrawn, variables, with_members
from seriatim.rules.variables import Kind, Variable
from seriatim.vocabulary.ucum import UnknownUnit, ratio

LIBRARY = Path(__file__).with_name("library")


def library() -> tuple[str, ...]:
    """The names of the protocols that come with Seriatim."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.yaml")))


def read_protocol(source: str | Path, *, unverified: bool = False) -> TreatmentProtocol:
    """Read a protocol from a file, or from the library by name.

    A protocol with anything unverified is refused unless `unverified` says that it is wanted all the same. Raises
    `InvalidDocument` with every fault of the file, `Misuse` for an unverified one.
    """
    path = LIBRARY / f"{source}.yaml" if str(source) in library() else Path(source)
    return load_protocol(read_text(path), path.name, unverified=unverified)


def load_protocol(text: str, name: str = "protocol", *, unverified: bool = False) -> TreatmentProtocol:
    """The same from text."""
    located = load_located(text, ProtocolDocument, schema=SCHEMA, name=name)
    protocol = compiled_document(located)
    if protocol.unverified and not unverified:
        some = ", ".join(protocol.unverified[:5]) + (", ..." if len(protocol.unverified) > 5 else "")
        raise Misuse(
            f"{name}: {len(protocol.unverified)} of its parts are unverified ({some}); check them against their source,"
            " or say --unverified to work with it as it is"
        )
    return protocol


def compiled_document(located: Located[ProtocolDocument]) -> TreatmentProtocol:
    """The protocol that a document declares; raises `InvalidDocument` with every fault of names, units and rules."""
    document = located.document
    faults = [*_references(located), *_twice(located)]
    known = {}
    for name, declared in document.variables.items():
        try:
            known[name] = _variable(name, declared)
        except (NotARule, UnknownUnit) as problem:
            faults.append(located.fault(("variables", name), str(problem), "a unit or factor that fits", "mend it"))
    reading = _Reading(located, known, faults)
    formulas = reading.formulas()
    applies = reading.conditions({n: v.applies_when for n, v in document.variables.items()}, "applies_when")
    rules = reading.rules(applies)
    screens = reading.screens()
    reading.others()
    located.refuse(sorted(faults, key=lambda fault: fault.row or 0))
    return TreatmentProtocol(document, known, formulas, rules, screens, applies)


class _Reading:
    """One reading of the rules of a document against its variables; gathers faults."""

    def __init__(self, located: Located[ProtocolDocument], known: Mapping[str, Variable], faults: list[Finding]):
        self.located, self.known, self.faults = located, known, faults
        rules = located.document.before_dose
        self.groups = tuple(dict.fromkeys(rule.counts_as for rule in rules if rule.counts_as))

    def tree(self, place: Place, text: str, *, groups: bool = False) -> Tree | None:
        try:
            return parse(text, self.known, self.groups if groups else ())
        except NotARule as problem:
            self.faults += [self.located.fault(place, f.found, f.expected, f.next_move) for f in problem.faults]
            return None

    def formulas(self) -> dict[str, Formula]:
        found = {}
        measured = {n: v for n, v in self.known.items() if self.located.document.variables[n].expr is None}
        for name, declared in self.located.document.variables.items():
            if declared.expr is None or declared.round is None or name not in self.known:
                continue
            try:
                step = Fraction(declared.round.to)
                found[name] = parse_formula(declared.expr, self.known[name], measured, step, declared.round.mode)
            except NotARule as problem:
                place = ("variables", name, "expr")
                self.faults += [self.located.fault(place, f.found, f.expected, f.next_move) for f in problem.faults]
        return found

    def conditions(self, texts: Mapping[str, str | None], key: str) -> dict[str, Tree]:
        read = {n: self.tree(("variables", n, key), text) for n, text in texts.items() if text is not None}
        return {name: tree for name, tree in read.items() if tree is not None}

    def rules(self, applies: Mapping[str, Tree]) -> tuple[Rule, ...]:
        declared = self.located.document.before_dose
        plain: dict[str, Tree] = {}
        for place, rule in enumerate(declared):
            tree = self.tree(("before_dose", place, "when"), rule.when, groups=True)
            if tree is not None:
                plain[rule.id] = where_applicable(tree, applies)
        filled = {rule.id: self._filled(place, rule, plain) for place, rule in enumerate(declared) if rule.id in plain}
        resumes = {
            rule.id: self.tree(("before_dose", place, "resume"), rule.resume)
            for place, rule in enumerate(declared)
            if rule.resume is not None
        }
        return tuple(Rule(rule, filled[rule.id], resumes.get(rule.id)) for rule in declared if rule.id in filled)

    def _filled(self, place: int, rule: PreDoseRule, plain: Mapping[str, Tree]) -> Tree:
        """The rule with each group replaced by the conditions of its members."""
        members = {group: group_members(group, self.located.document.before_dose, plain) for group in self.groups}
        if rule.counts_as and groups_in(plain[rule.id]):
            fault = (f"a rule that counts rules and counts as {rule.counts_as}", "one or the other", "split it")
            self.faults.append(self.located.fault(("before_dose", place, "counts_as"), *fault))
            return Or(())
        tree = with_members(plain[rule.id], members)
        for wanted, there in overdrawn(tree):
            found, expected = f"at least {wanted} of {there}", f"at most {there}, since so many count"
            fault = (found, expected, "count fewer, or let more rules count")
            self.faults.append(self.located.fault(("before_dose", place, "when"), *fault))
        return tree

    def screens(self) -> tuple[Screen, ...]:
        found = []
        for place, criterion in enumerate(self.located.document.screening):
            key = "require" if criterion.require is not None else "exclude"
            tree = self.tree(("screening", place, key), getattr(criterion, key))
            if tree is not None:
                found.append(Screen(criterion, tree if key == "require" else Not(tree)))
        return tuple(found)

    def others(self) -> None:
        """Conditions that stand outside the rules: read for their faults, asked by whoever shows them."""
        document = self.located.document
        for section, key in (("supportive_care", "stop_when"), ("monitoring", "notify_when"), ("discharge", "require")):
            for place, part in enumerate(getattr(document, section)):
                if getattr(part, key) is not None:
                    self.tree((section, place, key), getattr(part, key))
        for name, declared in document.variables.items():
            if declared.missing is not None and declared.missing.only_if is not None:
                self._boolean(("variables", name, "missing", "only_if"), declared.missing.only_if)

    def _boolean(self, place: Place, name: str) -> None:
        if name not in self.known or self.known[name].kind is not Kind.BOOLEAN:
            fault = (f'"{name}"', "a boolean variable", "declare it, or mend its spelling")
            self.faults.append(self.located.fault(place, *fault))


def group_members(group: str, rules: tuple[PreDoseRule, ...], plain: Mapping[str, Tree]) -> tuple[Tree, ...]:
    """The conditions that count under a name; those with one `count_once` stand together as one."""
    found: dict[str, list[Tree]] = {}
    for rule in rules:
        if rule.counts_as == group and rule.id in plain:
            found.setdefault(rule.count_once or f"rule {rule.id}", []).append(plain[rule.id])
    return tuple(trees[0] if len(trees) == 1 else Or(tuple(trees)) for trees in found.values())


def where_applicable(tree: Tree, applies: Mapping[str, Tree]) -> Tree:
    """What a patient does not have cannot be abnormal: the condition holds only where its variables apply."""
    wanted = [applies[name] for name in sorted(variables(tree)) if name in applies]
    return And((*wanted, tree)) if wanted else tree


def _variable(name: str, declared: VariableDeclaration) -> Variable:
    units = {declared.unit: Fraction(1)} if declared.unit else {}
    for unit, other in declared.also_accept.items():
        units[unit] = fraction(other.factor)
        _require_right_factor(unit, declared.unit or "", units[unit])
    levels = ("no", "yes") if declared.type == "boolean" else declared.levels
    plausible = tuple(Fraction(end) for end in declared.plausible) if declared.plausible else None
    return Variable(name, Kind(declared.type), declared.unit or "", units, levels, plausible, declared.text)  # type: ignore[arg-type]


def _require_right_factor(unit: str, own: str, factor: Fraction) -> None:
    """Where both units measure the same thing the factor is no matter of opinion."""
    try:
        right = ratio(unit, own)
    except UnknownUnit:
        return  # mass and amount of substance: the declared factor and its source decide
    if right != factor:
        raise NotARule.because(f"1 {unit} = {factor} {own}", f"{right}", "mend the factor, or leave the unit out")


def _references(located: Located[ProtocolDocument]) -> Iterator[Finding]:
    document, known = located.document, ", ".join(located.document.sources)
    for place, ref in _cited(document):
        if ref not in document.sources:
            fault = (f'the source "{ref}"', f"one of {known}", "add it under sources, or mend its spelling")
            yield located.fault(place, *fault)


def _cited(document: ProtocolDocument) -> Iterator[tuple[Place, str]]:
    for section in ("screening", "before_dose", "supportive_care", "monitoring", "discharge"):
        for place, part in enumerate(getattr(document, section)):
            yield (section, place, "source", "ref"), part.source.ref
    if document.regimen is not None:
        yield ("regimen", "course", "source", "ref"), document.regimen.course.source.ref
        yield ("regimen", "cycle", "source", "ref"), document.regimen.cycle.source.ref
    for drug, rule in document.dose.items():
        for way, source in citations(rule):
            yield ("dose", drug, *way, "ref"), source.ref
    for name, declared in document.variables.items():
        if declared.source is not None:
            yield ("variables", name, "source", "ref"), declared.source.ref
        if declared.missing is not None:
            yield ("variables", name, "missing", "source"), declared.missing.source
        for unit, other in declared.also_accept.items():
            yield ("variables", name, "also_accept", unit, "source"), other.source


def _twice(located: Located[ProtocolDocument]) -> Iterator[Finding]:
    seen: set[str] = set()
    for section in ("screening", "before_dose", "supportive_care", "monitoring", "discharge"):
        for place, part in enumerate(getattr(located.document, section)):
            if part.id in seen:
                yield located.fault((section, place, "id"), f'the id "{part.id}" twice', "one id a rule", "rename one")
            seen.add(part.id)
