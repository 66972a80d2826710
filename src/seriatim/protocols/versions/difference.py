"""How do two versions or protocols differ: what they say, and of which patients they say different things?"""

from __future__ import annotations

from dataclasses import dataclass

from seriatim.pages import Cell, Page, Section, Sentence, Table, TableRow
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.versions.changes import SECTION_WORDS, Change, changes
from seriatim.protocols.versions.direction import WORDS_ONLY, Direction, direction
from seriatim.protocols.versions.witness import Witness, small_witnesses


@dataclass(frozen=True)
class ProtocolDifference:
    """From A to B: every change, the direction of all together, and patients of whom the two say different things."""

    a: str
    b: str
    a_sha256: str
    b_sha256: str
    changes: tuple[Change, ...]
    direction: Direction
    witnesses: tuple[Witness, ...]

    @property
    def deciding(self) -> tuple[Change, ...]:
        """The changes that are more than another wording or another citation."""
        return tuple(one for one in self.changes if not _is_wording(one))

    @property
    def words(self) -> tuple[str, ...]:
        """The difference in lines, as a person reads it."""
        if not self.changes:
            return (f"{self.a} and {self.b} say the same.",)
        wording = len(self.changes) - len(self.deciding)
        return (
            f"From A, {self.a}, to B, {self.b}: {self.direction.words}.",
            *(f"- {one.sentence}" for one in self.deciding),
            *([f"- {wording} changes of wording, interpretation or source."] if wording else []),
            *(f"Patient: {one.words}." for one in self.witnesses),
        )

    @property
    def page(self) -> Page:
        """The same for a meeting."""
        found = self.direction
        lead = Sentence(f"From A to B the protocol is {LABEL_WORDS[found.label]} ({found.how}).", tone="lead")
        answer = [lead, Sentence(NOT_FOR_USE, tone="caution")]
        answer += [Sentence(f"Stricter for {found.tightening.words}.")] if found.tightening else []
        answer += [Sentence(f"Less strict for {found.loosening.words}.")] if found.loosening else []
        outside = tuple(Sentence(f"{line[:1].upper()}{line[1:]}") for line in found.fields) or (Sentence("None."),)
        wording = tuple(one for one in self.changes if _is_wording(one))
        sections = (
            Section("answer", "Stricter or less strict", tuple(answer)),
            Section("witnesses", "Patients of whom A and B say different things", _witness_table(self.witnesses)),
            Section("outside", "Changes that no patient of a sample can show", outside),
            Section("changes", "What was changed", _change_table("changes", "Changes that decide", self.deciding)),
            Section("wording", "Wording and sources", _change_table("wording", "Changes of wording", wording)),
        )
        subtitle = f"A: {self.a}, {self.a_sha256[:12]}. B: {self.b}, {self.b_sha256[:12]}."
        return Page(f"{self.a} against {self.b}", subtitle, sections)


LABEL_WORDS = {
    "tightening": "stricter, and nowhere less strict",
    "loosening": "less strict, and nowhere stricter",
    "mixed": "stricter in some ways and less strict in others",
    "same": "the same in every decision",
}


def difference(a: TreatmentProtocol, b: TreatmentProtocol) -> ProtocolDifference:
    """Compare two protocols.

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> difference(protocol, protocol).words
    ('consensus-2014@1.0.0 and consensus-2014@1.0.0 say the same.',)
    """
    return ProtocolDifference(a.name, b.name, a.sha256, b.sha256, changes(a, b), direction(a, b), _witnesses(a, b))


def _witnesses(a: TreatmentProtocol, b: TreatmentProtocol) -> tuple[Witness, ...]:
    return () if a.sha256 == b.sha256 else small_witnesses(a, b)


def _is_wording(one: Change) -> bool:
    last = one.field.rpartition(".")[2]
    return one.section == "sources" or one.kind == "renamed" or last in WORDS_ONLY or one.field.startswith("source")


def _witness_table(witnesses: tuple[Witness, ...]) -> tuple[Sentence | Table, ...]:
    if not witnesses:
        return (Sentence("None among patients with one unusual value."),)
    rows = tuple(TableRow(one.patient, (Cell(one.a, kind="text"), Cell(one.b, kind="text"))) for one in witnesses)
    notes = ("All other values are usual ones, of which both say: give.",)
    return (Table("witnesses", "One patient a row", ("The patient's unusual value", "A says", "B says"), rows, notes),)


def _change_table(name: str, caption: str, found: tuple[Change, ...]) -> tuple[Sentence | Table, ...]:
    if not found:
        return (Sentence("None."),)
    rows = tuple(
        TableRow(one.id, (Cell(SECTION_WORDS[one.section].strip(","), kind="text"), Cell(one.sentence, kind="text")))
        for one in found
    )
    return (Table(name, caption, ("What", "Part", "Change"), rows),)
