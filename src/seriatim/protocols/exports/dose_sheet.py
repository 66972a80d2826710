"""What lies at the bedside for one cycle? A sheet with a row a dose, what to check, room to sign, and for downtime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import count, pairwise

from seriatim.errors import Misuse, Refused
from seriatim.pages import Cell, Page, Section, Sentence, Table, TableRow
from seriatim.protocols.declared.regimen import Cycle
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.second_check import CHECKED_FIELDS
from seriatim.protocols.dosing.words import dose_words
from seriatim.protocols.exports.dose_lines import dose_lines
from seriatim.protocols.exports.stamp import SPECIMEN, stamp, standing
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.timing.clock import zone_of
from seriatim.protocols.timing.grid import Due, planned_grid
from seriatim.protocols.versions.sign_off import SignedAnswer, is_signed
from seriatim.protocols.versions.sign_off_document import SignOff
from seriatim.protocols.wording.condition_words import condition_words
from seriatim.protocols.wording.unit_words import amount_words, unit_words, without_short_forms
from seriatim.rules.tree import variables

BOX = "☐"
# Not by strftime, whose names follow the machine's language.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
BLANK = Cell("", kind="blank")
NO_ENTRY = Cell(" ", kind="blank")
TICK = Cell(BOX, kind="blank")


def dose_sheet(
    protocol: TreatmentProtocol,
    *,
    first: datetime,
    on: date,
    zone: str | None = None,
    dose: Dose | DoseRefused | None = None,
    sign_offs: Iterable[SignOff] = (),
    keys: Mapping[str, bytes] | None = None,
    specimen: bool = False,
) -> Page:
    """The sheet of one cycle whose first dose is due at `first`, by the clock of the ward.

    `dose` is the one that was worked out for this patient; without one its place is left to write. Raises `Refused` for
    a protocol that is not signed on that day or has unverified parts, unless it is printed as a specimen; and for a
    dose that was refused. Raises `Misuse` without a regimen or a zone.
    """
    answer = is_signed(protocol, sign_offs, on, keys=keys)
    _must_be_printable(protocol, answer, specimen)
    if isinstance(dose, DoseRefused):
        raise Refused(f"there is no dose to print: {'; '.join(str(reason) for reason in dose.reasons)}")
    cycle, ward = _cycle(protocol), _zone(protocol, zone)
    grid = planned_grid(cycle, first, ward)
    sections = (
        Section("answer", "In short", tuple(_in_short(protocol, cycle, answer, specimen))),
        Section("patient", "Patient", (_patient(),)),
        Section("dose", "The dose", tuple(_dose(protocol, cycle, dose))),
        Section("doses", "A row for each dose", (_doses(grid, ward, dose),), starts_sheet=True),
        Section(
            "findings", "Before each dose: tick what is found", tuple(_findings(protocol, grid)), starts_sheet=True
        ),
        Section("downtime", "When the system is down", tuple(_downtime(protocol)), starts_sheet=True),
    )
    title = f"Dose sheet: {cycle.drug}, one cycle of {cycle.max_doses} doses"
    subtitle = f"{protocol.name}, printed for {on}, times of {ward}, sha256 {protocol.sha256}"
    across = SPECIMEN if specimen else ""
    return Page(title, subtitle, sections, paper=stamp(protocol, across=across, is_landscape=True))


def _must_be_printable(protocol: TreatmentProtocol, answer: SignedAnswer, specimen: bool) -> None:
    if not answer.is_signed and not specimen:
        reasons = "; ".join(answer.reasons)
        raise Refused(f"{protocol.name} gets no dose sheet: {reasons}; print it with --specimen to look at it")


def _cycle(protocol: TreatmentProtocol) -> Cycle:
    if protocol.document.regimen is None:
        raise Misuse(f"{protocol.name} declares no regimen, so there are no doses to print")
    return protocol.document.regimen.cycle


def _zone(protocol: TreatmentProtocol, zone: str | None) -> str:
    found = zone or protocol.document.zone
    if found is None:
        raise Misuse("the ward's time zone is not known; give one such as America/New_York")
    zone_of(found)
    return found


def _in_short(protocol: TreatmentProtocol, cycle: Cycle, answer: SignedAnswer, specimen: bool) -> Iterator[Sentence]:
    window = cycle.window
    yield Sentence(f"Every {amount_words(cycle.every)}, {cycle.max_doses} doses at most.", tone="lead")
    yield Sentence(
        f"Up to {amount_words(window.early)} early and {amount_words(window.late)} late; at least"
        f" {amount_words(window.min_gap)} between two doses; later than {amount_words(cycle.late_policy.up_to)}"
        " the dose is skipped. A dose that was held or skipped is not made up for."
    )
    yield Sentence(f"What is not known is not normal. Without a value: {protocol.document.when_undecided.words}.")
    yield from (Sentence(line) for line in _hold_counters(protocol))
    if specimen:
        yield Sentence("Specimen. Not for a patient.", tone="caution")
    yield Sentence(standing(answer), tone="caution")


def _hold_counters(protocol: TreatmentProtocol) -> Iterator[str]:
    """What follows from doses that were held, as the rules count them."""
    declared = protocol.document.variables
    counted = [name for name, one in declared.items() if one.history in ("held_doses", "held_in_a_row")]
    for rule in protocol.rules:
        if variables(rule.tree) & set(counted):
            yield f"Hold counter: {condition_words(protocol, rule.declared.when)}: {rule.then.words}."


def _patient() -> Table:
    columns = ("Patient", "Hospital number", "Course", "Cycle", "Baseline weight", "Weighed at", "Second weighing")
    return Table("patient", "To be filled in by hand", columns, (TableRow("", (BLANK,) * 6),), form=True)


def _dose(protocol: TreatmentProtocol, cycle: Cycle, dose: Dose | None) -> Iterator[Table | Sentence]:
    if dose is not None:
        steps = tuple(
            TableRow(step.name, (Cell(step.expression, kind="text"), Cell(step.value, kind="text")))
            for step in dose.steps
            if not step.name.startswith("hard limit")  # told in words by the table below
        )
        yield Table("steps", f"Each dose: {_amount(dose)}", ("Step", "How", "Result"), steps, dose.cautions)
    rule = protocol.document.dose.get(cycle.drug)
    if rule is not None:
        lines = tuple(TableRow(name, (Cell(text, kind="text"),)) for name, text in dose_lines(rule))
        yield Table("declared", "As the protocol declares it", ("What", "As declared"), lines)
    checks = tuple(TableRow(text, (TICK, TICK)) for text in CHECKED_FIELDS.values())
    columns = ("Checked apart from each other, before each dose", "First person", "Second person")
    yield Table("checks", "What two people check", columns, checks, form=True)


def _amount(dose: Dose) -> str:
    volume = f", {dose_words(dose.volume)}" if dose.volume else ""
    vials = f", {dose.vials.count} vial{'s' if dose.vials.count > 1 else ''}" if dose.vials else ""
    return f"{dose_words(dose.amount)}{volume}{vials}"


def _doses(grid: tuple[Due, ...], zone: str, dose: Dose | None) -> Table:
    changes = _clock_changes(grid, zone)
    amount = Cell(_amount(dose), kind="text") if dose else BLANK
    rows = tuple(
        TableRow(
            f"{due.dose}. {_clock(due, zone)}",
            (Cell(str(due.day), kind="text"), amount, TICK, BLANK, BLANK, BLANK, BLANK, BLANK),
            note=changes.get(due.dose, ""),
        )
        for due in grid
    )
    columns = (
        "Dose, due at", "Day", "Dose, volume, vials", "All checked", "Begun at",
        "Held, or stopped: number of the finding", "Holds so far", "First signature", "Second signature",
    )  # fmt: skip
    return Table("doses", f"Times on the ward's clock ({zone})", columns, rows, form=True)


def _clock(due: Due, zone: str) -> str:
    there = due.at.astimezone(zone_of(zone))
    return f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]} {there:%H:%M}"


def _clock_changes(grid: tuple[Due, ...], zone: str) -> dict[int, str]:
    """Doses before which the clocks were changed, with what to expect of the clock."""
    found = {}
    for before, due in pairwise(grid):
        shift = due.at.astimezone(zone_of(zone)).utcoffset()
        was = before.at.astimezone(zone_of(zone)).utcoffset()
        if shift is not None and was is not None and shift != was:
            way = "forward" if shift > was else "back"
            hours = (due.at - before.at).total_seconds() / 3600
            shown = hours + (shift - was).total_seconds() / 3600
            told = f"{hours:g} hours pass, the clock shows {shown:g} more."
            found[due.dose] = f"The clocks go {way} before this dose: {told}"
    return found


def _findings(protocol: TreatmentProtocol, grid: tuple[Due, ...]) -> Iterator[Table | Sentence]:
    rows: list[TableRow] = []
    number = count(1)
    for system, rules in _by_system(protocol):
        rows.append(TableRow(system, (NO_ENTRY,) * (len(grid) + 1)))
        rows += [_finding_row(next(number), rule, len(grid)) for rule in rules]
    columns = ("Finding", "Then", *(str(due.dose) for due in grid))
    if rows:
        yield Table("findings", "One column a dose", columns, tuple(rows), form=True)
    counted = [rule for rule in protocol.rules if rule.declared.counts_as]
    if counted:
        names = ", ".join(dict.fromkeys(str(rule.declared.counts_as) for rule in counted))
        yield Sentence(f"Marked with * counts as: {names}.")


def _finding_row(number: int, rule: Rule, doses: int) -> TableRow:
    star = " *" if rule.declared.counts_as else ""
    mark = "UNVERIFIED: " if rule.declared.is_unverified else ""
    header = f"{number}. {mark}{without_short_forms(rule.declared.text)}{star}"
    return TableRow(header, (Cell(rule.then.words, kind="text"), *(TICK,) * doses), level=1)


def _by_system(protocol: TreatmentProtocol) -> Iterator[tuple[str, list[Rule]]]:
    systems = dict.fromkeys(rule.declared.system or "" for rule in protocol.rules)
    for system in sorted(systems, key=lambda one: one == ""):
        rules = [rule for rule in protocol.rules if (rule.declared.system or "") == system]
        name = system or "all systems together"
        yield f"{name[:1].upper()}{name[1:]}", sorted(rules, key=lambda rule: rule.then.rank)


def _downtime(protocol: TreatmentProtocol) -> Iterator[Table | Sentence]:
    yield Sentence(
        "Copy this form for each dose decided without the system, and enter it when the system is back, with the times"
        " written here. A value left empty is not known."
    )
    rows = []
    for name, one in protocol.document.variables.items():
        if one.codes and one.window.before is None and _is_asked(protocol, name):
            unit = unit_words(one.unit) if one.unit else " / ".join(level.replace("_", " ") for level in one.levels)
            texts = (unit or ("a number" if one.type == "count" else "yes / no"), _age(one.max_age))
            rows.append(TableRow(one.text or name, (*(Cell(text, kind="text") for text in texts), BLANK, BLANK, BLANK)))
    columns = ("Value", "Unit or words", "At most so old", "Charted", "Taken at", "By")
    yield Table("downtime", "What the rules look at", columns, tuple(rows), form=True)
    decided = ("Dose", "Decided at", "Give, hold or stop", "Numbers of the findings", "First signature",
               "Second signature", "Entered at, by")  # fmt: skip
    yield Table("decision", "What was decided", decided, (TableRow("", (BLANK,) * 6),), form=True)


def _is_asked(protocol: TreatmentProtocol, name: str) -> bool:
    """Whether a rule, or a value worked out for one, looks at it."""
    parts = {other for formula in protocol.formulas.values() for other in formula.variables}
    return name in parts or any(name in variables(rule.tree) for rule in protocol.rules)


def _age(max_age: str | None) -> str:
    return amount_words(max_age) if max_age else "no limit"
