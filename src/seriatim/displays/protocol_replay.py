"""What would a second protocol have said? The cross table, what is at stake, where they part, rules, thresholds."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.wording import protocol_replay as wording
from seriatim.displays.wording.numbers import percent
from seriatim.displays.wording.verdicts import ACTIONS
from seriatim.pages import Block, Cell, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

STAKE = {
    "doses_lost": "Given doses withheld by the second protocol alone",
    "doses_lost_among_responders": "of them in responders (CR or PR)",
    "events_at_stake": "Events at stake: grade 3 or worse after them",
    "events_at_stake_not_certain": "perhaps: not graded, or onset not exact",
    "doses_lost_later": "Further such doses after the protocols had parted (censored)",
    "events_at_stake_later": "Further events after the protocols had parted (censored)",
}
SWEEP = {
    "given_withheld": "Given doses withheld",
    "given_stopped": "of them by a stop, not a hold",
    "given_perhaps_withheld": "perhaps withheld",
    "events_after_withheld": "Events after them",
    "withheld_among_responders": "Withheld in responders",
}


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """On how many doses the two act differently, and what is at stake."""
    cross = [row for row in _rows(shown, "decisions") if row.value is not None]
    if not cross:
        return ()
    return (wording.disagreement(cross), _stake(shown))


def section(shown: Shown) -> Section | None:
    """The cross table with bounds, then what is at stake, partings, rules, assumptions and thresholds."""
    rows = shown.results.where(analysis="protocol_replay")
    if not rows:
        return None
    blocks: list[Block] = [Sentence(wording.ONE_STEP, (), "caution")]
    cross = _rows(shown, "decisions")
    if cross[0].value is None:
        blocks.append(Sentence(f"Nothing to replay: {cross[0].reason}.", (cross[0].result_id,)))
        return Section("protocol_replay", "What would the other protocol have said?", tuple(blocks))
    blocks += [wording.disagreement(cross), _cross_table(cross), _stake(shown), _stake_table(shown)]
    blocks += [wording.parted(_rows(shown, "patients")), _parting_table(shown), _rule_table(shown)]
    blocks.append(_assumption_table(shown))
    if _rows(shown, "given_withheld"):
        blocks.append(_sweep_table(shown))
    heading = f"What would the other protocol have said? {rows[0].endpoint}"
    return Section("protocol_replay", heading, tuple(blocks), wording.SMALL_PRINT)


def _rows(shown: Shown, statistic: str) -> list[ResultRow]:
    return shown.results.where(analysis="protocol_replay", statistic=statistic)


def _stake(shown: Shown) -> Sentence:
    certain = {name: _one(shown, name, "certain") for name in STAKE}
    most = _one(shown, "doses_lost", "possible")
    lost, responders = certain["doses_lost"], certain["doses_lost_among_responders"]
    return wording.stake(certain["events_at_stake"], lost, responders, most)


def _one(shown: Shown, statistic: str, stratum: str) -> ResultRow:
    return next(row for row in _rows(shown, statistic) if row.stratum == stratum)


def _cross_table(cross: list[ResultRow]) -> Table:
    pairs = {tuple(row.stratum.split(" / ")): row for row in cross}
    ones = [action for action in ACTIONS if any(pair[0] == action for pair in pairs)]
    others = [action for action in ACTIONS if any(pair[1] == action for pair in pairs)]
    rows = [TableRow(ACTIONS[one], tuple(_bounded(pairs.get((one, other))) for other in others)) for one in ones]
    columns = ("First protocol / second", *(ACTIONS[other] for other in others))
    caption = "Planned doses by both verdicts (bounds over all completions of what is missing)"
    return Table("replay_cross", caption, columns, tuple(rows))


def _bounded(row: ResultRow | None) -> Cell:
    if row is None or row.value is None:
        return Cell("0")
    bounds = "" if row.lower == row.upper == row.value else f" ({row.lower:,.0f} to {row.upper:,.0f})"
    return Cell(f"{row.value:,.0f}{bounds}", (row.result_id,))


def _stake_table(shown: Shown) -> Table:
    rows = [
        TableRow(label, tuple(_count(_one(shown, statistic, stratum)) for stratum in ("certain", "possible")))
        for statistic, label in STAKE.items()
    ]
    gained = _one(shown, "doses_gained", "certain")
    unseen = Cell("outcome unobservable", (gained.result_id,), "reason")
    rows.append(TableRow("Held doses that the second alone would have given", (_count(gained), unseen)))
    columns = ("Up to the first parting of each patient", "For certain", "If all that is missing spoke for it")
    return Table("replay_stake", "What is at stake between the protocols", columns, tuple(rows))


def _count(row: ResultRow) -> Cell:
    return Cell(f"{row.value:,.0f}", (row.result_id,))


def _parting_table(shown: Shown) -> Table:
    rows = [TableRow(row.stratum.capitalize(), (_of(row),)) for row in _rows(shown, "patients")]
    rows += [
        TableRow(f"First at planned dose {row.tally_keys.removeprefix('at_dose=')}", (_of(row),), level=1)
        for row in _rows(shown, "parted_at_dose")[:30]
    ]
    return Table("replay_partings", "Where the protocols first part", ("Patients", "n"), tuple(rows))


def _rule_table(shown: Shown) -> Table:
    found = _rows(shown, "rule")
    states = list(dict.fromkeys(row.tally_keys.split("state=")[1] for row in found))
    rows = []
    for rule in dict.fromkeys(row.stratum for row in found):
        mine = [row for row in found if row.stratum == rule]
        rows.append(TableRow(rule, tuple(_summed([r for r in mine if r.tally_keys.endswith(f"={s}")]) for s in states)))
    caption = "How often each rule held, decided, or stayed open for want of data (planned doses)"
    return Table("replay_rules", caption, ("Rule", *states), tuple(rows))


def _summed(rows: list[ResultRow]) -> Cell:
    return Cell(f"{sum(row.value or 0 for row in rows):,.0f}", tuple(row.result_id for row in rows))


def _assumption_table(shown: Shown) -> Table:
    found = _rows(shown, "verdict")
    rows = []
    for reading in dict.fromkeys(row.stratum for row in found):
        open_ = next(row for row in _rows(shown, "not_settled") if row.stratum == reading)
        cells = tuple(_of(row) for row in found if row.stratum == reading)
        rows.append(TableRow(reading.capitalize(), (*cells, _of(open_))))
    caption = "What the first protocol says with and without what it takes for absent where not charted"
    columns = ("Assumptions", *ACTIONS.values(), "Another verdict not excluded")
    return Table("replay_assumptions", caption, columns, tuple(rows))


def _of(row: ResultRow) -> Cell:
    share = f" ({percent((row.numerator or 0) / row.denominator)})" if row.denominator else ""
    return Cell(f"{row.value:,.0f}{share}", (row.result_id,))


def _sweep_table(shown: Shown) -> Table:
    rows = []
    for place in dict.fromkeys(row.stratum for row in _rows(shown, "given_withheld")):
        here = (next(row for row in _rows(shown, name) if row.stratum == place) for name in SWEEP)
        rows.append(TableRow(place, tuple(_of(row) for row in here)))
    caption = "The first protocol with another threshold, of doses given"
    return Table("replay_sweep", caption, ("Threshold", *SWEEP.values()), tuple(rows))
