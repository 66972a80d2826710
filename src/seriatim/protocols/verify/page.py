"""How does the meeting that signs a protocol read what was found?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seriatim.pages import Block, Cell, Page, Section, Sentence, Table, TableRow
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.protocols.verify.mutation import MutationScore
from seriatim.protocols.verify.verification import CHECKS, Verification

HEADINGS = {
    Gravity.MEND: "To be mended before anybody signs",
    Gravity.CHOOSE: "To be chosen by the meeting",
    Gravity.KNOW: "To know",
}
LIMITS = (
    "The checks prove what the rules say, for every plausible patient. They do not say that a threshold is right, "
    "that a source was read rightly, or that a value was charted rightly."
)


def verification_page(protocol: TreatmentProtocol, verification: Verification) -> Page:
    """The page for the meeting: what to mend and to choose first, then each check with what it proved."""
    return Page(
        f"What the rules of {protocol.name} leave open",
        protocol.document.title,
        (
            _answer(verification),
            *(_gravity(verification, gravity) for gravity in Gravity),
            _checks(verification),
            _mutation(verification.mutation),
        ),
    )


def _answer(verification: Verification) -> Section:
    found = [sum(one.gravity is gravity for one in verification.all) for gravity in Gravity]
    counts = verification.counts
    lead = (
        f"{_number(found[0], 'thing')} to mend, {_number(found[1], 'thing')} to choose, {found[2]} to know, in "
        f"{_number(counts['rules'], 'rule')} over {_number(counts['variables'], 'variable')}."
    )
    return Section(
        "answer",
        "The answer first",
        (
            Sentence(lead, tone="lead"),
            Sentence(NOT_FOR_USE, tone="caution"),
            Sentence(LIMITS),
            Sentence(f"The protocol's content has the hash {verification.sha256}."),
        ),
    )


def _gravity(verification: Verification, gravity: Gravity) -> Section:
    findings = [one for one in verification.all if one.gravity is gravity]
    blocks: list[Block] = [_table(gravity, findings)] if findings else [Sentence("Nothing.")]
    return Section(gravity.value, HEADINGS[gravity], tuple(blocks))


def _table(gravity: Gravity, findings: Sequence[VerifierFinding]) -> Table:
    rows = tuple(
        TableRow(
            finding.sentence,
            (
                _text(", ".join(finding.rules) or "the whole protocol"),
                _text(finding.witness or "no patient needed"),
                _text(finding.choose),
            ),
        )
        for finding in findings
    )
    columns = ("What was found", "Rules", "A patient that shows it", "What to do")
    return Table(f"findings_{gravity.value}", "One finding a row", columns, rows)


def _checks(verification: Verification) -> Section:
    rows = tuple(
        TableRow(CHECKS[name].question, (_text(_result(CHECKS[name].nothing, findings)),))
        for name, findings in verification.findings.items()
        if name in CHECKS
    )
    table = Table("checks", "Every check and its answer", ("Question", "Answer"), rows)
    return Section("checks", "What was asked", (table,))


def _result(nothing: str, findings: Sequence[VerifierFinding]) -> str:
    return nothing if not findings else f"{_number(len(findings), 'finding')}, told above."


def _mutation(score: MutationScore) -> Section:
    return Section("mutation", "Would the examples notice a slip of the pen?", tuple(_slips(score)))


def _slips(score: MutationScore) -> Iterator[Block]:
    if score.percent is None:
        yield Sentence("No rule has a sign, a threshold or a number that could be written wrongly.")
        return
    # Rounded down: 99.96 is not 100 percent.
    told = f"{int(score.percent * 10) / 10:g}"
    counted = score.mutants - score.equivalent
    yield Sentence(
        f"{score.caught} of {counted} single slips of a sign, a threshold or a number make some example fail "
        f"({told} percent); {score.equivalent} more change no verdict and do not count."
    )
    if score.survivors:
        rows = tuple(TableRow(str(mutant), ()) for mutant in score.survivors)
        yield Table("survivors", "Slips that no example notices", ("Rule and slip",), rows)


def _number(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _text(text: str) -> Cell:
    return Cell(text, kind="text")
