"""What does the protocol ask, in the order in which a ward meets it? A checklist with the source of each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from seriatim.pages import Block, Cell, Page, Section, Sentence, Table, TableRow
from seriatim.protocols.declared.sources import Sourced
from seriatim.protocols.declared.variables import VariableDeclaration
from seriatim.protocols.exports.dose_lines import dose_lines
from seriatim.protocols.exports.stamp import NOT_SIGNED, stamp, standing
from seriatim.protocols.protocol import NOT_FOR_USE, Rule, TreatmentProtocol
from seriatim.protocols.versions.sign_off import is_signed, parts_words
from seriatim.protocols.versions.sign_off_document import SignOff
from seriatim.protocols.wording.condition_words import condition_words
from seriatim.protocols.wording.unit_words import amount_words, unit_words, without_short_forms

UNVERIFIED = "UNVERIFIED: "
BOX = "☐"
_SINCE = {
    "ever": "",
    "previous_planned": "since the dose before this one was due",
    "previous_given": "since the last dose that was given",
    "cycle_start": "since the cycle began",
    "course_start": "since the course began",
}
_BEFORE = {"cycle_start": "before the cycle's first dose", "course_start": "before the course's first dose"}
TOGETHER = "all systems together"


def checklist(protocol: TreatmentProtocol, *, on: date, sign_offs: Iterable[SignOff] = ()) -> Page:
    """A protocol as a checklist, for a day; it says whether it is signed, and stands marked where it is not.

    >>> from datetime import date
    >>> from seriatim.protocols.load import read_protocol
    >>> page = checklist(read_protocol("consensus-2014"), on=date(2026, 3, 2))
    >>> [section.heading for section in page.sections][:3]
    ['In short', 'Before treatment', 'Before each dose']
    """
    answer = is_signed(protocol, sign_offs, on)
    document = protocol.document
    sections = (
        Section("answer", "In short", (*_in_short(protocol), Sentence(standing(answer), tone="caution"))),
        *_screening(protocol),
        *_before_dose(protocol),
        *_dose(protocol),
        *_care(protocol),
        *_monitoring(protocol),
        *_discharge(protocol),
        *_variables(protocol),
        *_left_out(protocol),
        _sources(protocol),
    )
    subtitle = f"{protocol.name}, {on}, sha256 {protocol.sha256}"
    across = "" if answer.is_signed else NOT_SIGNED
    return Page(without_short_forms(document.title), subtitle, sections, paper=stamp(protocol, across=across))


def _in_short(protocol: TreatmentProtocol) -> Iterator[Sentence]:
    regimen = protocol.document.regimen
    if regimen is not None:
        cycle, course = regimen.cycle, regimen.course
        rest = f", {amount_words(course.rest)} apart" if course.rest else ""
        cycles = f"{course.cycles} cycle{'s' if course.cycles > 1 else ''} a course{rest}"
        dosing = f"{cycle.drug} every {amount_words(cycle.every)}, at most {cycle.max_doses} doses a cycle"
        yield Sentence(f"{dosing[:1].upper()}{dosing[1:]}; {cycles}.", tone="lead")
        window = cycle.window
        yield Sentence(
            f"Up to {amount_words(window.early)} early and {amount_words(window.late)} late; at least"
            f" {amount_words(window.min_gap)} between two doses. Later than {amount_words(cycle.late_policy.up_to)}"
            " the dose is skipped."
        )
    yield Sentence(
        f"What cannot be decided, because a value is missing or too old: {protocol.document.when_undecided.words}."
        " The most restrictive rule that holds decides; the order of rules means nothing."
    )
    if protocol.unverified:
        count = len(protocol.unverified)
        yield Sentence(
            f"{parts_words(count)} unverified, and marked so: nobody has checked against a source.",
            tone="caution",
        )
    yield Sentence(NOT_FOR_USE, tone="caution")


def _screening(protocol: TreatmentProtocol) -> Iterator[Section]:
    if not protocol.screens:
        return
    rows = []
    for screen in protocol.screens:
        declared = screen.declared
        asked = declared.require or declared.exclude or ""
        condition = ("must hold: " if declared.require else "must not hold: ") + condition_words(protocol, asked)
        conditions = [f"answer valid for {amount_words(declared.valid_for)}"] if declared.valid_for else []
        conditions += [f"may be waived in writing by {_said(declared.waivable_by)}"] if declared.waivable_by else []
        rows.append(_row(declared, declared.text, condition, "; ".join(conditions) or "no waiver"))
    columns = ("Criterion", BOX, "Condition", "Validity and waiver", "Source")
    table = Table("screening", "Every one must be met", columns, tuple(rows))
    yield Section("screening", "Before treatment", (table,))


def _before_dose(protocol: TreatmentProtocol) -> Iterator[Section]:
    columns = ("Finding", BOX, "The rule holds when", "Then", "Source")
    rows: list[TableRow] = []
    for system, rules in _by_system(protocol):
        rows.append(TableRow(f"{system[:1].upper()}{system[1:]}", (Cell("", kind="blank"),) * 4))
        rows += [_rule_row(protocol, rule) for rule in rules]
    if rows:
        caption = "By organ system, what holds a dose before what stops treatment"
        yield Section("before-dose", "Before each dose", (Table("before-dose", caption, columns, tuple(rows)),))


def _by_system(protocol: TreatmentProtocol) -> list[tuple[str, list[Rule]]]:
    """Rules by organ system as they first come, those of all systems last; in each the milder first."""
    systems = dict.fromkeys(rule.declared.system or TOGETHER for rule in protocol.rules)
    ordered = sorted(systems, key=lambda system: system == TOGETHER)
    return [
        (
            system,
            sorted((r for r in protocol.rules if (r.declared.system or TOGETHER) == system), key=lambda r: r.then.rank),
        )
        for system in ordered
    ]


def _rule_row(protocol: TreatmentProtocol, rule: Rule) -> TableRow:
    declared = rule.declared
    then = [rule.then.words]
    then += [f"counts as {declared.counts_as}"] if declared.counts_as else []
    then += [f"until {condition_words(protocol, declared.resume)}"] if declared.resume else []
    then += [_said(declared.measures)] if declared.measures else []
    condition = condition_words(protocol, declared.when)
    shown = "as named" if condition.casefold() == declared.text.casefold() else condition
    return _row(declared, declared.text, shown, "; ".join(then), level=1)


def _dose(protocol: TreatmentProtocol) -> Iterator[Section]:
    blocks: list[Block] = []
    for drug, rule in protocol.document.dose.items():
        rows = tuple(TableRow(name, (Cell(text, kind="text"),)) for name, text in dose_lines(rule))
        mark = UNVERIFIED if rule.is_unverified else ""
        note = f"{mark}Source: {rule.source.ref}, {rule.source.at}."
        notes = (note, *([without_short_forms(rule.interpretation)] if rule.interpretation else []))
        blocks.append(
            Table(f"dose-{drug}", f"How the dose of {drug} is worked out", ("What", "As declared"), rows, notes)
        )
    if blocks:
        yield Section("dose", "The dose", tuple(blocks))


def _care(protocol: TreatmentProtocol) -> Iterator[Section]:
    rows = [
        _row(care, care.text, care.start, _condition(protocol, care.stop_when))
        for care in protocol.document.supportive_care
    ]
    columns = ("Measure", BOX, "Begins", "Stopped when", "Source")
    yield from _section("care", "Supportive care", columns, rows)


def _monitoring(protocol: TreatmentProtocol) -> Iterator[Section]:
    rows = [
        _row(watch, watch.text, f"every {amount_words(watch.every)}, from {watch.begins} to {watch.ends}",
             _condition(protocol, watch.notify_when))
        for watch in protocol.document.monitoring
    ]  # fmt: skip
    columns = ("What is watched", BOX, "How often", "Call when", "Source")
    yield from _section("monitoring", "Monitoring", columns, rows)


def _discharge(protocol: TreatmentProtocol) -> Iterator[Section]:
    rows = [_row(one, one.text, _condition(protocol, one.require), "") for one in protocol.document.discharge]
    columns = ("Before going home", BOX, "Must hold", "Remark", "Source")
    yield from _section("discharge", "Discharge", columns, rows)


def _section(name: str, heading: str, columns: tuple[str, ...], rows: Sequence[TableRow]) -> Iterator[Section]:
    if rows:
        yield Section(name, heading, (Table(name, heading, columns, tuple(rows)),))


def _variables(protocol: TreatmentProtocol) -> Iterator[Section]:
    rows = tuple(_variable_row(name, one) for name, one in protocol.document.variables.items())
    columns = ("Value", "Unit or words", "Which one counts", "At most so old", "Where it was not charted")
    if rows:
        yield Section("values", "Which values count", (Table("values", "What the rules look at", columns, rows),))


def _variable_row(name: str, one: VariableDeclaration) -> TableRow:
    mark = UNVERIFIED if one.evidence in ("M", "X") else ""
    required = ["no dose without it"] if one.required_for else []
    missing = [f"taken for {amount_words(one.missing.assume)}, because {one.missing.because}"] if one.missing else []
    unit = unit_words(one.unit) if one.unit else _said(level.replace("_", " ") for level in one.levels) or "yes or no"
    texts = (
        "a number" if one.type == "count" else unit or "a number",
        _which(one),
        amount_words(one.max_age) if one.max_age else "no limit",
        "; ".join([*required, *missing]) or "unknown",
    )
    return TableRow(f"{mark}{one.text or name}", tuple(Cell(text, kind="text") for text in texts), note=_note(one))


def _which(one: VariableDeclaration) -> str:
    if one.expr:
        return f"worked out: {one.expr}"
    if one.history:
        return "counted from the record of doses"
    window = one.window
    when = _BEFORE[window.before] if window.before else _SINCE[window.since or "ever"]
    return f"{one.take} {when}".strip()


def _left_out(protocol: TreatmentProtocol) -> Iterator[Section]:
    rows = [
        TableRow(left.rule, tuple(Cell(text, kind="text") for text in (overlay.name, left.because, _said(left.roles))))
        for overlay in protocol.document.overlays
        for left in overlay.left_out
    ]
    columns = ("Rule of the base", "Overlay", "Why", "Roles that agreed")
    yield from _section("left-out", "Left out at this site", columns, rows)


def _sources(protocol: TreatmentProtocol) -> Section:
    rows = tuple(
        TableRow(ref, (Cell(source.cite + (f" doi {source.doi}" if source.doi else ""), kind="text"),))
        for ref, source in protocol.document.sources.items()
    )
    notes = tuple(Sentence(without_short_forms(note)) for note in protocol.document.notes)
    table = Table("sources", "What the lines cite", ("Short name", "Source"), rows)
    return Section("sources", "Sources and remarks", (*notes, table))


def _row(part: Sourced, header: str, *texts: str, level: int = 0) -> TableRow:
    mark = UNVERIFIED if part.is_unverified else ""
    cells = [Cell(BOX, kind="blank"), *(Cell(without_short_forms(text) or "none", kind="text") for text in texts)]
    cells.append(Cell(f"{part.source.ref}, {part.source.at}", kind="text"))
    return TableRow(f"{mark}{without_short_forms(header)}", tuple(cells), level, _note(part))


def _note(part: Any) -> str:
    return without_short_forms(part.interpretation or "")


def _condition(protocol: TreatmentProtocol, text: str | None) -> str:
    return condition_words(protocol, text) if text else "none"


def _said(words: Iterable[str]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)
