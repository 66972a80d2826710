"""Did practice follow the protocol? Shares by group, every planned dose by what was said and done, verdicts."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.wording import adherence as wording
from seriatim.displays.wording.numbers import percent
from seriatim.displays.wording.verdicts import ACTIONS
from seriatim.pages import Block, Cell, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

SHARES = {
    "followed": "Followed, of those given or held on which the protocol decided",
    "given_against": "Given although hold or stop, of those given",
    "held_against": "Held although give, of those held",
    "undecided": "Protocol undecided, of those given or held",
}


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """How many doses were given although the protocol says hold or stop, in the last group that it was in force for."""
    rows = _rows(shown, "given_against", "this protocol")
    return (wording.share(rows[-1], rows[-1].group, _force(rows[-1])),) if rows else ()


def section(shown: Shown) -> Section | None:
    """Sentences, shares, doses and verdicts by group; a part for each protocol that was or was not in force."""
    rows = shown.results.where(analysis="adherence")
    if not rows:
        return None
    blocks: list[Block] = [Sentence(wording.NOT_A_JUDGEMENT, (), "caution")]
    if rows[0].value is None and not rows[0].stratum:
        blocks.append(Sentence(f"Nothing to compare: {rows[0].reason}.", (rows[0].result_id,)))
        return Section("adherence", f"Did practice follow {rows[0].endpoint}?", tuple(blocks), wording.SMALL_PRINT)
    blocks += [wording.share(row, row.group, _force(row)) for row in _rows(shown, "followed")]
    for force in dict.fromkeys(row.stratum for row in rows):
        blocks += [_shares(shown, force), _doses(shown, force), _verdicts(shown, force)]
    name = rows[0].endpoint
    return Section("adherence", f"Did practice follow {name}?", tuple(blocks), wording.SMALL_PRINT)


def _rows(shown: Shown, statistic: str, stratum: str | None = None) -> list[ResultRow]:
    found = shown.results.where(analysis="adherence", statistic=statistic)
    return [row for row in found if stratum is None or row.stratum == stratum]


def _force(row: ResultRow) -> str:
    return {
        "this protocol": "Protocol in force",
        "another protocol": "Another protocol in force",
        "no protocol recorded": "No protocol recorded",
    }[row.stratum]


def _groups(shown: Shown, force: str) -> list[str]:
    return list(dict.fromkeys(row.group for row in _rows(shown, "followed", force)))


def _shares(shown: Shown, force: str) -> Table:
    groups = _groups(shown, force)
    rows = []
    for statistic, label in SHARES.items():
        found = {row.group: row for row in _rows(shown, statistic, force)}
        rows.append(TableRow(label, tuple(_share(found[group]) for group in groups)))
    caption = f"Shares of planned doses ({force}), with intervals over patients"
    return Table(f"adherence_shares_{_slug(force)}", caption, ("Share", *groups), tuple(rows))


def _share(row: ResultRow) -> Cell:
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    text = f"{row.numerator:,}/{row.denominator:,} ({percent(row.value)})"
    if row.lower is None or row.upper is None:
        return Cell(text, (row.result_id,), note=row.warning)
    return Cell(f"{text}, {percent(row.lower)} to {percent(row.upper)}", (row.result_id,))


def _doses(shown: Shown, force: str) -> Table:
    groups = _groups(shown, force)
    found = _rows(shown, "doses", force)
    names = list(dict.fromkeys(row.tally_keys.removeprefix("adherence=") for row in found))
    rows = [
        TableRow(name.capitalize(), tuple(_number(row) for row in found if row.tally_keys == f"adherence={name}"))
        for name in names
    ]
    caption = f"Every planned dose by what was done and what the protocol says ({force})"
    return Table(f"adherence_doses_{_slug(force)}", caption, ("Planned doses", *groups), tuple(rows))


def _verdicts(shown: Shown, force: str) -> Table:
    groups = _groups(shown, force)
    found = _rows(shown, "verdict", force)
    rows = []
    for action, label in ACTIONS.items():
        here = [row for row in found if row.tally_keys == f"a_operational={action}"]
        rows.append(TableRow(label, tuple(_of(row) for row in here)))
    caption = f"What the protocol says before each planned dose ({force})"
    return Table(f"adherence_verdicts_{_slug(force)}", caption, ("Verdict", *groups), tuple(rows))


def _of(row: ResultRow) -> Cell:
    share = f" ({percent(row.numerator / row.denominator)})" if row.numerator and row.denominator else ""
    return Cell(f"{row.value:,.0f}{share}", (row.result_id,))


def _number(row: ResultRow) -> Cell:
    return Cell(f"{row.value:,.0f}", (row.result_id,))


def _slug(force: str) -> str:
    return force.replace(" ", "_")
