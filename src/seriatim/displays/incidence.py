"""How often did each toxicity occur, and has it become rarer? The first question of the report."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.figures.incidence_panels import (
    CurvePoint,
    EndpointPanel,
    GroupProportion,
    PracticeChange,
    incidence_panels,
)
from seriatim.displays.wording import incidence as wording
from seriatim.displays.wording.numbers import difference_cell, p_cell, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.plans.endpoints import Endpoint
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Tally, numbers, select

# The names by which readers know the conventions, in the order in which the sentence lists them.
CONVENTIONS = (
    ("p_score", "the score test"),
    ("p_fisher_central", "Fisher (central, one tail doubled)"),
    ("p_fisher_minimum_likelihood", "Fisher (minimum likelihood)"),
    ("p_blaker", "Blaker"),
    ("p_mid", "mid-P"),
    ("p_boschloo", "Boschloo"),
)
MOST_TICKS = 2_000  # on a strip of some 300 points of width
TREND_COLUMNS = ("p_trend_groups", "p_trend_groups_exact", "p_trend_groups_mid", "p_trend_cases", "p_trend_grades")
SMALL_PRINT = (
    "Each patient counts once per endpoint, at the worst grade of its terms.",
    "A record without a grade does not count as the endpoint; a partial onset date that may mean before treatment does."
    " Both are inside the bounds of the table of what is missing.",
    "Interval of a proportion: Clopper-Pearson. Difference: last minus first, Miettinen-Nurminen score interval"
    " with the P value of the same test. No P value decides alone: look at the interval.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """How many primary endpoints fell, and those whose verdict depends on the test."""
    primary = [e for e in shown.plan.endpoints if shown.plan.is_primary(e.id)] or list(shown.plan.endpoints)
    if not shown.results.where(analysis="incidence") or not primary:
        return ()
    fell = {endpoint.id for endpoint in primary if _fell(shown, endpoint)}
    rows = [row for endpoint in primary if (row := _p_adjusted(shown, endpoint))]
    adjusted = "after Holm adjustment" if shown.plan.primary else "(not adjusted: no primary contrast was declared)"
    return (
        wording.summary(
            [e.label for e in primary if e.id in fell],
            [e.label for e in primary if e.id not in fell],
            len(primary),
            tuple(row.result_id for row in rows),
            adjusted,
        ),
        *_cautions(shown)[:1],
    )


def picture(shown: Shown) -> Figure | None:
    """The small multiples: rug, group proportions, curve, practice changes."""
    panels = [panel for endpoint in shown.plan.endpoints if (panel := _panel(shown, endpoint))]
    if not panels:
        return None
    changes = [
        PracticeChange(int(row.value) + 1, row.group)
        for row in shown.results.where(statistic="cases_before_change")
        if row.value is not None
    ]
    return incidence_panels(panels, changes, table="incidence")


def section(shown: Shown) -> Section | None:
    """Sentences, picture, tables and small print."""
    if not shown.results.where(analysis="incidence"):
        return None
    # The small multiples stand on the first screen; once is enough.
    blocks: list[Block] = [*_cautions(shown), *_sentences(shown)]
    blocks += [_incidence_table(shown), _convention_table(shown), _trend_table(shown)]
    if bounds := _bounds_table(shown):
        blocks.append(bounds)
    blocks += [table for table in [_grade_table(shown)] if table]
    return Section("incidence", "Has severe toxicity become rarer?", tuple(blocks), SMALL_PRINT)


def _row(shown: Shown, endpoint: Endpoint, statistic: str, **wanted: str) -> ResultRow | None:
    return shown.results.one(analysis="incidence", endpoint=endpoint.id, statistic=statistic, **wanted)


def _risks(shown: Shown, endpoint: Endpoint) -> list[ResultRow]:
    return shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="risk")


def _p_adjusted(shown: Shown, endpoint: Endpoint) -> ResultRow | None:
    return _row(shown, endpoint, "p_score_holm") or _row(shown, endpoint, "p_score")


def _fell(shown: Shown, endpoint: Endpoint) -> bool:
    p, difference = _p_adjusted(shown, endpoint), _row(shown, endpoint, "risk_difference")
    known = p is not None and p.value is not None and difference is not None and difference.value is not None
    return bool(known and p.value < 1 - shown.plan.level and difference.value < 0)  # type: ignore[operator,union-attr]


def _sentences(shown: Shown) -> list[Sentence]:
    made = []
    for endpoint in shown.plan.endpoints:
        risks = _risks(shown, endpoint)
        difference, p = _row(shown, endpoint, "risk_difference"), _row(shown, endpoint, "p_score")
        if risks and difference and p:
            made.append(wording.fell(endpoint.label, risks[0], risks[-1], difference, p))
    return made


def _cautions(shown: Shown) -> list[Sentence]:
    made = []
    for endpoint in shown.plan.endpoints:
        risks = _risks(shown, endpoint)
        verdict = _row(shown, endpoint, "verdict_depends")
        if verdict is not None and verdict.value:
            tests = [(name, row) for key, name in CONVENTIONS if (row := _row(shown, endpoint, key))]
            made.append(wording.depends(endpoint.label, (risks[0], risks[-1]), tests))
        if (sentence := wording.missing(endpoint.label, risks)) is not None:
            made.append(sentence)
    return made


def _incidence_table(shown: Shown) -> Table:
    groups = [row.group for row in _risks(shown, shown.plan.endpoints[0])]
    rows = [
        TableRow(
            endpoint.label,
            (
                *(risk_cell(row) for row in _risks(shown, endpoint)),
                difference_cell(_row(shown, endpoint, "risk_difference")),
                p_cell(_row(shown, endpoint, "p_score")),
                p_cell(_row(shown, endpoint, "p_score_holm")),
            ),
        )
        for endpoint in shown.plan.endpoints
    ]
    columns = ("Endpoint", *groups, "Last minus first, points (95 %)", "P (score)", "P (Holm)")
    return Table("incidence", "Patients with each endpoint: n/N (%; exact 95 % interval)", columns, tuple(rows))


def _convention_table(shown: Shown) -> Table:
    rows = [
        TableRow(
            endpoint.label,
            (_odds_cell(shown, endpoint), *(p_cell(_row(shown, endpoint, key)) for key, _ in CONVENTIONS)),
        )
        for endpoint in shown.plan.endpoints
    ]
    columns = ("Endpoint", "Odds ratio, last over first (exact 95 %)", *(f"P, {name}" for _, name in CONVENTIONS))
    notes = (
        "The score P belongs to the interval of the difference, the central Fisher P to the exact odds ratio."
        " The 1998 paper printed minimum likelihood, the same branch in 1994 one tail doubled.",
    )
    return Table("conventions", "First against last group, by every convention", columns, tuple(rows), notes)


def _odds_cell(shown: Shown, endpoint: Endpoint) -> Cell:
    row = _row(shown, endpoint, "odds_ratio")
    if row is None or row.value is None or row.lower is None or row.upper is None:
        return Cell(row.reason if row else "not computed", (), "reason")
    upper = f"{row.upper:.2f}" if row.upper != float("inf") else "no upper limit"
    return Cell(f"{row.value:.2f} ({row.lower:.2f} to {upper})", (row.result_id,))


def _trend_table(shown: Shown) -> Table:
    columns = (
        "Endpoint", "Over groups, asymptotic", "Over groups, exact", "Over groups, exact mid-P",
        "Along case number (rank sum)", "Worst grades over groups",
    )  # fmt: skip
    rows = [
        TableRow(endpoint.label, tuple(p_cell(_row(shown, endpoint, name)) for name in TREND_COLUMNS))
        for endpoint in shown.plan.endpoints
    ]
    scores = next((row.assumptions for row in shown.results.where(statistic="p_trend_groups") if row.assumptions), "")
    notes = (f"Cochran-Armitage over groups; {scores}.", "A trend says that the risk moved with time, not why.")
    return Table("trend", "P values for trend over the whole series", columns, tuple(rows), notes)


def _bounds_table(shown: Shown) -> Table | None:
    rows = []
    for endpoint in shown.plan.endpoints:
        for risk in _risks(shown, endpoint):
            low = _row(shown, endpoint, "risk_lowest", group=risk.group)
            high = _row(shown, endpoint, "risk_highest", group=risk.group)
            if low and high:
                cells = (
                    Cell(risk.group, (), "text"),
                    risk_cell(risk),
                    Cell(str(risk.missing)),
                    risk_cell(low),
                    risk_cell(high),
                )
                rows.append(TableRow(endpoint.label, cells))
    if not rows:
        return None
    columns = ("Endpoint", "Group", "Counted", "Not assessed or window open", "Lowest possible", "Highest possible")
    return Table("bounds", "What the missing could change: bounds over all completions", columns, tuple(rows))


def _grade_table(shown: Shown) -> Table | None:
    rows = []
    graded = [e for e in shown.plan.endpoints if e.counts_events]
    for endpoint in graded:
        found = shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="worst_grade")
        for group in dict.fromkeys(row.group for row in found):
            cells = tuple(Cell(f"{row.value:.0f}", (row.result_id,)) for row in found if row.group == group)
            rows.append(TableRow(f"{endpoint.label.split(',')[0]}, {group}", cells))
    if not rows:
        return None
    columns = ("Terms and group", "None", "1", "2", "3", "4", "5", "Not graded", "Not assessed")
    return Table("worst_grades", "Patients by worst grade of the endpoint's terms", columns, tuple(rows))


def _panel(shown: Shown, endpoint: Endpoint) -> EndpointPanel | None:
    risks = _risks(shown, endpoint)
    tally = shown.tallies.get("incidence_by_case")
    known = {row.group: row for row in risks if row.value is not None}
    if tally is None or not known:
        return None
    spans = {
        row.group: (int(row.value or 0), int(last.value or 0))
        for row in shown.results.where(analysis="accrual", statistic="first_case")
        if (last := shown.results.one(analysis="accrual", statistic="last_case", group=row.group))
    }
    events = _ticks(tally, endpoint)
    groups = tuple(
        GroupProportion(*spans[group], row.numerator or 0, row.denominator or 0, row.lower or 0.0, row.upper or 0.0)
        for group, row in known.items()
        if group in spans
    )
    curve = tuple(
        CurvePoint(float(row.group.removeprefix("case ")), row.value, row.lower or 0.0, row.upper or 0.0)
        for row in shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="risk_curve")
        if row.value is not None
    )
    return EndpointPanel(endpoint.label, events, groups, curve)


def _ticks(tally: Tally, endpoint: Endpoint) -> tuple[int, ...]:
    """The case numbers of the events; none where they would only blacken the strip."""
    events = [
        int(case)
        for outcome in ("yes", "onset unclear")
        for case in numbers(select(tally, endpoint=endpoint.id, outcome=outcome), "case_number")
    ]
    return tuple(sorted(events)) if len(events) <= MOST_TICKS else ()
