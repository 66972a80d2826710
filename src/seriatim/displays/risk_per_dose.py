"""Has a single dose become less risky, or were only fewer given? By dose number, pooled, and added up."""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.displays._contract import Shown
from seriatim.displays.figures.hazard_by_dose import CumulativeRisk, DoseRisk, HazardGroup, hazard_by_dose
from seriatim.displays.wording import risk_per_dose as wording
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.numbers import difference_cell, number, p_cell, percent
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.plans.endpoints import Endpoint
from seriatim.results.row import ResultRow

MAIN, OTHER = "latest reading of onset", "earliest reading of onset"
MOST_PICTURES = 2
# Why patients are at no dose at risk, or are at risk but might have had it.
LEFT_OUT = {
    "event_before_first_dose": "Had it before the first dose",
    "onset_unknown": "Had it, onset unknown",
    "not_assessed": "Not assessed",
    "window_open": "Follow-up ends within the window",
    "dose_not_dated": "A dose is not dated",
    "no_dose_recorded": "No dose recorded as given",
    "not_graded": "At risk, with a record that is not graded",
}
SMALL_PRINT = (
    "At risk at a dose: patients given it who had no event before. An event belongs to the last dose started at or"
    " before its onset. Inexact dates are read so that the dose number is the highest (latest reading) and the lowest"
    " (earliest reading) that they allow.",
    "Pooled over dose numbers by Mantel-Haenszel; dose numbers that only one of the two groups reached are left out.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """For how many endpoints the risk of a single dose fell, whichever way dates are read."""
    if len(_groups(shown)) < 2:
        return ()
    changes = {endpoint.label: _changes(shown, endpoint) for endpoint in shown.plan.endpoints}
    fell = [label for label, rows in changes.items() if all(map(wording.fell, rows))]
    rose = [label for label, rows in changes.items() if all(map(wording.rose, rows))]
    ids = tuple(row.result_id for rows in changes.values() for row in rows if row)
    if not any(row and row.value is not None for rows in changes.values() for row in rows):
        return (wording.not_known(ids),)
    return (wording.summary(fell, rose, len(changes), ids, ends(shown.plan)),)


def section(shown: Shown) -> Section | None:
    """Sentences, pictures of the endpoints with most events, tables under both readings."""
    if not shown.results.where(analysis="risk_per_dose"):
        return None
    blocks: list[Block] = [Sentence(wording.CAUTION, (), "caution"), *_sentences(shown)]
    blocks += [figure for endpoint in _most_events(shown) if (figure := _picture(shown, endpoint))]
    blocks += [_pooled_table(shown), _hazard_table(shown)]
    if left_out := _left_out_table(shown):
        blocks.append(left_out)
    return Section("risk_per_dose", "Is a single dose less risky, not just fewer of them?", tuple(blocks), SMALL_PRINT)


def _row(shown: Shown, endpoint: Endpoint, statistic: str, stratum: str, **wanted: str) -> ResultRow | None:
    asked = {"analysis": "risk_per_dose", "endpoint": endpoint.id, "statistic": statistic, "stratum": stratum}
    return shown.results.one(**asked, **wanted)


def _rows(shown: Shown, endpoint: Endpoint, statistic: str, stratum: str) -> list[ResultRow]:
    return shown.results.where(analysis="risk_per_dose", endpoint=endpoint.id, statistic=statistic, stratum=stratum)


def _groups(shown: Shown) -> list[str]:
    rows = shown.results.where(analysis="risk_per_dose", statistic="cumulative_risk")
    return list(dict.fromkeys(row.group for row in rows))


def _changes(shown: Shown, endpoint: Endpoint) -> list[ResultRow | None]:
    return [_row(shown, endpoint, "risk_difference_per_dose", stratum) for stratum in (OTHER, MAIN)]


def _sentences(shown: Shown) -> list[Sentence]:
    made = [sentence for endpoint in shown.plan.endpoints for sentence in _about(shown, endpoint)]
    return [sentence for sentence in made if sentence is not None]


def _about(shown: Shown, endpoint: Endpoint) -> Iterator[Sentence | None]:
    difference, p = (_row(shown, endpoint, name, MAIN) for name in ("risk_difference_per_dose", "p_per_dose"))
    early, added = _changes(shown, endpoint)[0], _row(shown, endpoint, "cumulative_difference", MAIN)
    risks = _rows(shown, endpoint, "cumulative_risk", MAIN)
    if len(risks) == 1:
        yield wording.only_group(endpoint.label, risks[0].tally_keys, risks[0])
    elif difference and p and early and added:
        words = ends(shown.plan)
        yield wording.change(endpoint.label, difference, p, words)
        yield wording.by_dose(endpoint.label, added.tally_keys, risks[0], risks[-1], added, words)
        yield wording.readings_part(endpoint.label, early, difference)


def _most_events(shown: Shown) -> list[Endpoint]:
    def events(endpoint: Endpoint) -> int:
        return sum(row.numerator or 0 for row in _rows(shown, endpoint, "hazard", MAIN))

    return sorted(shown.plan.endpoints, key=events, reverse=True)[:MOST_PICTURES]


def _picture(shown: Shown, endpoint: Endpoint) -> Figure | None:
    risks = _rows(shown, endpoint, "cumulative_risk", MAIN)
    groups = [_hazard_group(shown, endpoint, row) for row in (risks[0], risks[-1])] if len(risks) > 1 else []
    drawn = [group for group in groups if group.doses]
    if len(drawn) < 2:
        return None
    name = f"hazard_by_dose_{endpoint.id}"
    return hazard_by_dose(drawn, event=endpoint.label, name=name, table="hazards")


def _hazard_group(shown: Shown, endpoint: Endpoint, risk: ResultRow) -> HazardGroup:
    found = [row for row in _rows(shown, endpoint, "hazard", MAIN) if row.group == risk.group and row.value is not None]
    doses = tuple(map(_dose_risk, found))
    cumulative: tuple[CumulativeRisk, ...] = ()
    if risk.value is not None:
        last = CumulativeRisk(int(risk.tally_keys.split()[-1]), risk.value, risk.lower, risk.upper)
        cumulative = (*_added_up(doses, last.dose), last)
    return HazardGroup(risk.group, doses, cumulative)


def _dose_risk(row: ResultRow) -> DoseRisk:
    dose = int(row.tally_keys.split()[-1])
    return DoseRisk(dose, row.denominator or 0, row.numerator or 0, row.lower or 0.0, row.upper or 0.0)


def _added_up(doses: tuple[DoseRisk, ...], until: int) -> list[CumulativeRisk]:
    """The curve that leads to the risk of the result row: one minus the product of what is left after each dose."""
    free, curve = 1.0, []
    for dose in doses:
        free *= 1 - dose.events / dose.given
        if dose.dose < until:
            curve.append(CumulativeRisk(dose.dose, 1 - free))
    return curve


def _pooled_table(shown: Shown) -> Table:
    rows = []
    for endpoint in shown.plan.endpoints:
        for stratum in (MAIN, OTHER):
            risks = _rows(shown, endpoint, "cumulative_risk", stratum)
            if not risks:
                continue
            cells = (
                Cell(stratum, (), "text"),
                difference_cell(_row(shown, endpoint, "risk_difference_per_dose", stratum)),
                _odds_cell(_row(shown, endpoint, "odds_ratio_per_dose", stratum)),
                p_cell(_row(shown, endpoint, "p_per_dose", stratum)),
                _risk_cell(risks[0]),
                _risk_cell(risks[-1]),
                difference_cell(_row(shown, endpoint, "cumulative_difference", stratum)),
            )
            rows.append(TableRow(endpoint.label, cells))
    by = rows and next(row for row in shown.results.where(statistic="cumulative_risk")).tally_keys
    words = ends(shown.plan)
    first, last = ("First group", "Last group") if words.in_order else (words.first, words.last)
    columns = (
        "Endpoint", "Dates read", f"Per dose, {words.minus}, points", "Per dose, odds ratio", "P (Mantel-Haenszel)",
        f"{first}, {by}", f"{last}, {by}", f"{words.change.capitalize()}, points",
    )  # fmt: skip
    return Table("per_dose", f"Risk per dose, {words.against}", columns, tuple(rows))


def _hazard_table(shown: Shown) -> Table:
    rows = []
    groups = _groups(shown)
    for endpoint in shown.plan.endpoints:
        found = _rows(shown, endpoint, "hazard", MAIN)
        for dose in dict.fromkeys(row.tally_keys for row in found):
            at_dose = {row.group: row for row in found if row.tally_keys == dose}
            rows.append(TableRow(f"{endpoint.label}, {dose}", tuple(_count_cell(at_dose.get(name)) for name in groups)))
    caption = "First events after each dose: events/at risk (%) (latest reading of onset)"
    return Table("hazards", caption, ("Endpoint and dose", *groups), tuple(rows))


def _left_out_table(shown: Shown) -> Table | None:
    """How many patients of each group are at no dose at risk, and why; rows without any are not printed."""
    rows = []
    for endpoint in shown.plan.endpoints:
        for stratum in (MAIN, OTHER):
            for statistic, label in LEFT_OUT.items():
                found = _rows(shown, endpoint, statistic, stratum)
                if any(row.value for row in found):
                    cells = (Cell(f"{row.value:.0f}", (row.result_id,)) for row in found)
                    rows.append(TableRow(f"{endpoint.label}: {label}", (Cell(stratum, (), "text"), *cells)))
    if not rows:
        return None
    columns = ("Endpoint and reason", "Dates read", *_groups(shown))
    return Table("not_placed", "Patients who are at no dose at risk, and those not graded", columns, tuple(rows))


def _count_cell(row: ResultRow | None) -> Cell:
    if row is None:
        return Cell("dose not given", (), "missing")
    if row.value is None:
        return Cell("nobody at risk", (row.result_id,), "reason")
    return Cell(f"{row.numerator}/{row.denominator} ({number(row.value * 100)} %)", (row.result_id,))


def _risk_cell(row: ResultRow) -> Cell:
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    bounds = "" if row.lower is None or row.upper is None else f" ({percent(row.lower)} to {percent(row.upper)})"
    return Cell(f"{percent(row.value)}{bounds}", (row.result_id,))


def _odds_cell(row: ResultRow | None) -> Cell:
    if row is None or row.value is None:
        return Cell(row.reason if row else "not computed", (), "reason")
    if row.lower is None or row.upper is None:
        return Cell(f"{number(row.value, 2)} (no interval)", (row.result_id,))
    return Cell(f"{number(row.value, 2)} ({number(row.lower, 2)} to {number(row.upper, 2)})", (row.result_id,))
