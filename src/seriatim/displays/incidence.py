"""How often did each toxicity occur, and has it become rarer? The first question of the report."""

from __future__ import annotations

from itertools import accumulate
from math import isinf

from seriatim.displays._contract import Shown
from seriatim.displays.figures.grade_bars import GradedGroup, GradedTerm, grade_bars
from seriatim.displays.figures.incidence_panels import (
    CurvePoint,
    EndpointPanel,
    GroupProportion,
    PracticeChange,
    incidence_panels,
)
from seriatim.displays.wording import incidence as wording
from seriatim.displays.wording import methods as of_methods
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.numbers import difference_cell, interval, p_cell, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.plans.endpoints import Endpoint, grades_in
from seriatim.results.row import ResultRow
from seriatim.tallies.published import printed_name
from seriatim.tallies.tally import Tally, counts, numbers, select

# The names by which readers know the conventions, in the order in which the sentence lists them.
CONVENTIONS = (
    ("p_score", "the score test"),
    ("p_fisher_central", "Fisher (central, one tail doubled)"),
    ("p_fisher_minimum_likelihood", "Fisher (minimum likelihood)"),
    ("p_blaker", "Blaker"),
    ("p_mid", "mid-P"),
    ("p_boschloo", "Boschloo"),
)
SEVERE_FROM = 3
WIDE = 0.1  # bounds as far apart as this could make or hide an ordinary fall
MOST_TICKS = 2_000  # on a strip of some 300 points of width
TREND_COLUMNS = ("p_trend_groups", "p_trend_groups_exact", "p_trend_groups_mid", "p_trend_cases", "p_trend_grades")
SMALL_PRINT = (
    "Each patient counts once per endpoint, if any record of its terms reached one of its grades.",
    "A record without a grade does not count as the endpoint; a partial onset date that may mean before treatment does."
    " Both are inside the bounds of the table of what is missing.",
)
GRADE_5 = (
    "Grade 5: patients whose worst grade of the endpoint's terms was 5; they are in the endpoint itself only where its"
    " grades include 5, or where they had another of its grades too."
)
OF_INTERVALS = (
    "Interval of a proportion: Clopper-Pearson. Difference: Miettinen-Nurminen score interval"
    " with the P value of the same test. No P value decides alone: look at the interval."
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """How many primary endpoints fell, and the gravest caution."""
    primary = [e for e in shown.plan.endpoints if shown.plan.is_primary(e.id)] or list(shown.plan.endpoints)
    if not shown.results.where(analysis="incidence") or not primary:
        return ()
    gravest = tuple(_gravest(shown, primary))
    if len(_risks(shown, primary[0])) == 1:
        ids = tuple(row.result_id for endpoint in primary for row in _risks(shown, endpoint))
        return (wording.one_group(ids), *gravest)
    ids = tuple(row.result_id for endpoint in primary if (row := _p_adjusted(shown, endpoint)))
    adjusted = "after Holm adjustment" if shown.plan.primary else "(not adjusted: no primary contrast was declared)"
    fell, rose = _all_readings(shown, primary, -1), _all_readings(shown, primary, 1)
    others = [name for name in _by_name(primary) if name not in fell and name not in rose]
    moved = wording.Moved(fell, rose, others)
    return (wording.summary(moved, ids, adjusted, _severity(primary), ends(shown.plan)), *gravest)


def _severity(endpoints: list[Endpoint]) -> str:
    """Severe where every endpoint is of grade 3 or more, or an intervention; of any grade it is toxicity."""
    mild = any(e.counts_events and min(grades_in(e.grades)) < SEVERE_FROM for e in endpoints)
    return "Toxicity" if mild else "Severe toxicity"


def _all_readings(shown: Shown, endpoints: list[Endpoint], sign: int) -> list[str]:
    """The endpoints that moved to one side beyond chance, a printed one by every count that its percentages allow."""
    named = _by_name(endpoints)
    return [name for name, readings in named.items() if all(_moved(shown, reading, sign) for reading in readings)]


def _by_name(endpoints: list[Endpoint]) -> dict[str, list[Endpoint]]:
    named: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        named.setdefault(printed_name(endpoint.label), []).append(endpoint)
    return named


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
    blocks += [block for block in (_grade_picture(shown), _grade_table(shown)) if block]
    # Of a printed table nothing is known of the records behind it, and it has no account.
    notes = (*SMALL_PRINT, *_of_no_record(shown), OF_INTERVALS) if shown.account.lines else (OF_INTERVALS,)
    return Section("incidence", _heading(shown), tuple(blocks), notes)


def _of_no_record(shown: Shown) -> list[str]:
    """A note a rule: what a patient without a record is taken to be, and for which endpoints."""
    by_rule: dict[str, list[str]] = {}
    for endpoint in shown.plan.endpoints:
        by_rule.setdefault(of_methods.without_record(endpoint), []).append(endpoint.label)
    return [f"A patient without a record: {rule}; so for {'; '.join(labels)}." for rule, labels in by_rule.items()]


def _heading(shown: Shown) -> str:
    toxicity = _severity(list(shown.plan.endpoints))
    if not ends(shown.plan).in_order:
        return f"Did {toxicity.lower()} differ between the groups?"
    return f"Has {toxicity.lower()} become rarer?"


def _row(shown: Shown, endpoint: Endpoint, statistic: str, **wanted: str) -> ResultRow | None:
    return shown.results.one(analysis="incidence", endpoint=endpoint.id, statistic=statistic, **wanted)


def _risks(shown: Shown, endpoint: Endpoint) -> list[ResultRow]:
    return shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="risk")


def _p_adjusted(shown: Shown, endpoint: Endpoint) -> ResultRow | None:
    return _row(shown, endpoint, "p_score_holm") or _row(shown, endpoint, "p_score")


def _moved(shown: Shown, endpoint: Endpoint, sign: int) -> bool:
    p, difference = _p_adjusted(shown, endpoint), _row(shown, endpoint, "risk_difference")
    if p is None or p.value is None or difference is None or difference.value is None:
        return False
    return p.value < 1 - shown.plan.level and difference.value * sign > 0


def _sentences(shown: Shown) -> list[Sentence]:
    made = []
    for endpoint in shown.plan.endpoints:
        risks = _risks(shown, endpoint)
        difference, p = _row(shown, endpoint, "risk_difference"), _row(shown, endpoint, "p_score")
        if len(risks) == 1:
            made.append(wording.only_group(endpoint.label, risks[0]))
        elif risks and difference and p:
            made.append(wording.fell(endpoint.label, risks[0], risks[-1], difference, p, ends(shown.plan)))
    return made


def _cautions(shown: Shown) -> list[Sentence]:
    return [sentence for endpoint in shown.plan.endpoints for _, sentence in _weighed(shown, endpoint)]


def _gravest(shown: Shown, endpoints: list[Endpoint]) -> list[Sentence]:
    """The caution that weighs most: as far as what is missing could move a figure; a choice of test weighs less."""
    weighed = [pair for endpoint in endpoints for pair in _weighed(shown, endpoint)]
    return [max(weighed, key=lambda pair: pair[0])[1]] if weighed else []


def _weighed(shown: Shown, endpoint: Endpoint) -> list[tuple[float, Sentence]]:
    """The cautions of one endpoint, each with the share of a group that it is about."""
    made = []
    risks, verdict = _risks(shown, endpoint), _row(shown, endpoint, "verdict_depends")
    if verdict is not None and verdict.value:
        tests = [(name, row) for key, name in CONVENTIONS if (row := _row(shown, endpoint, key))]
        made.append((0.0, wording.depends(endpoint.label, (risks[0], risks[-1]), tests)))
    if (sentence := wording.missing(endpoint.label, risks)) is not None:
        made.append((max(_share_missing(row) for row in risks), sentence))
    elif (bounds := _widest(shown, endpoint)) is not None:
        made.append((_width(bounds), wording.ungraded(endpoint.label, *bounds)))
    return made


def _share_missing(row: ResultRow) -> float:
    missing = row.missing or 0
    return missing / max(1, missing + (row.denominator or 0))


def _widest(shown: Shown, endpoint: Endpoint) -> tuple[ResultRow, ResultRow] | None:
    """The bounds of the group in which they are farthest apart, if that is far."""
    lows, highs = (
        shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic=statistic)
        for statistic in ("risk_lowest", "risk_highest")
    )
    pairs = list(zip(lows, highs, strict=True))
    widest = max(pairs, key=_width, default=None)
    return widest if widest and _width(widest) >= WIDE else None


def _width(bounds: tuple[ResultRow, ResultRow]) -> float:
    low, high = bounds
    return (high.value or 0.0) - (low.value or 0.0)


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
                _grade_5_cell(shown, endpoint),
            ),
        )
        for endpoint in shown.plan.endpoints
    ]
    level = _level(shown)
    columns = ("Endpoint", *groups, f"{ends(shown.plan).minus_heading}, points ({level})", "P (score)", "P (Holm)",
               "Grade 5, group by group")  # fmt: skip
    notes = (GRADE_5,) if any(endpoint.counts_events for endpoint in shown.plan.endpoints) else ()
    caption = f"Patients with each endpoint: n/N (%; exact {level} interval)"
    return Table("incidence", caption, columns, tuple(rows), notes)


def _grade_5_cell(shown: Shown, endpoint: Endpoint) -> Cell:
    """The count beside an endpoint that may not hold it: grade 3-4 leaves out who died of it."""
    found = shown.results.where(
        analysis="incidence", endpoint=endpoint.id, statistic="worst_grade", convention="worst grade 5"
    )
    if not found:
        return Cell("not a grade" if not endpoint.counts_events else "not known", (), "missing")
    if not _any_grade(shown, endpoint):
        return Cell("no grade is recorded", tuple(row.result_id for row in found), "reason")
    return Cell(", ".join(f"{row.value:.0f}" for row in found), tuple(row.result_id for row in found))


def _any_grade(shown: Shown, endpoint: Endpoint) -> bool:
    """Is there a grade at all? Of records without one, nobody knows how many were of grade 5."""
    rows = shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="worst_grade")
    known = [row.value for row in rows if row.convention.startswith("worst grade")]
    ungraded = [row.value for row in rows if row.convention == "not graded"]
    return any(known) or not any(ungraded)


def _level(shown: Shown) -> str:
    return f"{shown.plan.level * 100:g} %"


def _convention_table(shown: Shown) -> Table:
    rows = [
        TableRow(
            endpoint.label,
            (_odds_cell(shown, endpoint), *(p_cell(_row(shown, endpoint, key)) for key, _ in CONVENTIONS)),
        )
        for endpoint in shown.plan.endpoints
    ]
    words = ends(shown.plan)
    over = words.minus.replace(" minus ", " over ")
    odds = f"Odds ratio, {over} (exact {_level(shown)})"
    columns = ("Endpoint", odds, *(f"P, {name}" for _, name in CONVENTIONS))
    notes = ("The score P belongs to the interval of the difference, the central Fisher P to the exact odds ratio.",)
    against = words.against[:1].upper() + words.against[1:]
    return Table("conventions", f"{against}, by every convention", columns, tuple(rows), notes)


def _odds_cell(shown: Shown, endpoint: Endpoint) -> Cell:
    row = _row(shown, endpoint, "odds_ratio")
    if row is None or row.value is None or row.lower is None or row.upper is None:
        return Cell(row.reason if row else "not computed", (), "reason")
    # Where the first group had none of it, every ratio above the lower bound fits.
    value = "infinite" if isinf(row.value) else f"{row.value:.2f}"
    return Cell(f"{value} ({interval(row.lower, row.upper, 2)})", (row.result_id,))


def _trend_table(shown: Shown) -> Table:
    columns = (
        "Endpoint", "Over groups, asymptotic", "Over groups, exact", "Over groups, exact mid-P",
        "Along case number (rank sum)", "Worst grades over groups",
    )  # fmt: skip
    rows = [
        TableRow(endpoint.label, tuple(_trend_cell(shown, endpoint, name) for name in TREND_COLUMNS))
        for endpoint in shown.plan.endpoints
    ]
    scores = next((row.assumptions for row in shown.results.where(statistic="p_trend_groups") if row.assumptions), "")
    notes = (f"Cochran-Armitage over groups; {scores}.", "A trend says that the risk moved with time, not why.")
    return Table("trend", "P values for trend over the whole series", columns, tuple(rows), notes)


def _trend_cell(shown: Shown, endpoint: Endpoint, statistic: str) -> Cell:
    if statistic == "p_trend_grades" and not endpoint.counts_events:
        return Cell("not a grade", (), "missing")
    return p_cell(_row(shown, endpoint, statistic))


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


def _grade_picture(shown: Shown) -> Figure | None:
    """Stacked worst grades of each endpoint's terms, the unknown apart."""
    terms = []
    for endpoint in (e for e in shown.plan.endpoints if e.counts_events):
        found = shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="worst_grade")
        names = dict.fromkeys(row.group for row in found)
        groups = [_graded_group(name, [row for row in found if row.group == name]) for name in names]
        if groups:
            terms.append(GradedTerm(endpoint.label.split(",")[0], tuple(groups)))
    return grade_bars(terms, table="worst_grades") if terms else None


def _graded_group(name: str, rows: list[ResultRow]) -> GradedGroup:
    n = {row.convention.removeprefix("worst grade "): int(row.value or 0) for row in rows}
    grades = (n["1"], n["2"], n["3"], n["4"], n["5"])
    return GradedGroup(name, n["none"], grades, n["not graded"], n["not assessed"])


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
    spans = _spans(shown, endpoint)
    events = _ticks(tally, endpoint)
    groups = tuple(
        GroupProportion(*spans[group], row.numerator or 0, row.denominator or 0, row.lower or 0.0, row.upper or 0.0)
        for group, row in known.items()
    )
    curve = tuple(
        CurvePoint(float(row.group.removeprefix("case ")), row.value, row.lower or 0.0, row.upper or 0.0)
        for row in shown.results.where(analysis="incidence", endpoint=endpoint.id, statistic="risk_curve")
        if row.value is not None
    )
    return EndpointPanel(endpoint.label, events, groups, curve)


def _spans(shown: Shown, endpoint: Endpoint) -> dict[str, tuple[int, int]]:
    """First and last case of each group: where there is a tally by case, groups follow each other."""
    tally = shown.tallies["incidence"]
    sizes = counts(tally, "group", endpoint=endpoint.id).tolist()
    ends = list(accumulate(sizes))
    return {group: (end - n + 1, end) for group, n, end in zip(tally.levels("group"), sizes, ends, strict=True)}


def _ticks(tally: Tally, endpoint: Endpoint) -> tuple[int, ...]:
    """The case numbers of the events; none where they would only blacken the strip."""
    events = [
        int(case)
        for outcome in ("yes", "onset unclear")
        for case in numbers(select(tally, endpoint=endpoint.id, outcome=outcome), "case_number")
    ]
    return tuple(sorted(events)) if len(events) <= MOST_TICKS else ()
