"""Did the gain in safety cost response? Rates by histology, the loss that is excluded, and how long responses last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from seriatim.displays._contract import Shown
from seriatim.displays.figures.interval_against_margin import MarginRow, interval_against_margin
from seriatim.displays.figures.survival_steps import SurvivalGroup, SurvivalStep, survival_steps
from seriatim.displays.wording import response as wording
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.incidence import equals
from seriatim.displays.wording.numbers import count_of, difference_cell, interval, number, p_cell, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

ALL, STRATIFIED = "all", "all, by stratum"
RESPONSES = ("CR", "PR", "SD", "PD", "NE", "not assessed")
TRENDS = ("p_trend_groups", "p_trend_groups_exact", "p_trend_cases")
SMALL_PRINT = (
    "Denominator: all treated patients; not evaluable and not recorded count as no response (the table of the"
    " evaluable alone shows the other choice).",
    "Difference: Miettinen-Nurminen score interval; over strata with Mantel-Haenszel weights.",
    "Ongoing complete response is judged at one landmark for all, because earlier groups were followed longer;"
    " whoever was treated less than that before the data cut is left out, whatever happened. The figure at the data cut"
    " compares unequal follow-up and is descriptive.",
    "A P value that is not small does not show that response was kept; the interval says how large a loss"
    " is not excluded.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """Overall response, by stratum where there are strata; then every reading of response that is shown to be less."""
    if not shown.results.where(analysis="response"):
        return ()
    if not _recorded(shown):
        return (_nothing(shown),)
    if len(_groups(shown)) == 1:
        return tuple(_only_group(shown, "overall_response", ALL))
    stratum = STRATIFIED if _row(shown, "overall_response", STRATIFIED, "risk_difference") else ALL
    sentences = (_loss(shown, "overall_response", stratum), _shown_loss(shown))
    return tuple(sentence for sentence in sentences if sentence)


def section(shown: Shown) -> Section | None:
    """Sentences by stratum, rates, trends, sensitivity, durations."""
    if not shown.results.where(analysis="response"):
        return None
    heading = "Did response suffer?" if ends(shown.plan).in_order else "Did response differ between the groups?"
    if not _recorded(shown):
        return Section("response", heading, (_nothing(shown),))
    blocks: list[Block] = [*_losses(shown), *_cautions(shown)]
    blocks += [figure for figure in [_margin_picture(shown)] if figure]
    blocks += [_rates_table(shown), _best_response_table(shown), _trend_table(shown), _readings_table(shown)]
    blocks += [figure for figure in [_duration_picture(shown)] if figure]
    blocks.append(_duration_table(shown))
    return Section("response", heading, tuple(blocks), SMALL_PRINT)


def _recorded(shown: Shown) -> bool:
    """Has any patient a record of response?"""
    found = shown.results.where(analysis="response", endpoint="best_response", statistic="patients")
    return any(row.value for row in found if row.convention != "not assessed") or not found


def _nothing(shown: Shown) -> Sentence:
    found = shown.results.where(analysis="response", endpoint="best_response", statistic="patients")
    return wording.nothing_recorded(tuple(row.result_id for row in found))


def _only_group(shown: Shown, endpoint: str, stratum: str) -> list[Sentence]:
    return [
        wording.only_group(_sentence_label(shown, endpoint, stratum), row)
        for row in _rows(shown, endpoint, stratum, "risk")
    ]


def _shown_loss(shown: Shown) -> Sentence | None:
    """Strata one by one, and all together; the pooled and the stratified figure of one endpoint are not named twice."""
    found = [
        (_sentence_label(shown, endpoint, stratum), row)
        for endpoint in wording.ENDPOINTS
        for stratum in _strata(shown)
        if (row := _row(shown, endpoint, stratum, "risk_difference")) and row.upper is not None and row.upper < 0
    ]
    return wording.shown_loss([label for label, _ in found], [row for _, row in found], ends(shown.plan))


def _rows(shown: Shown, endpoint: str, stratum: str, statistic: str) -> list[ResultRow]:
    return shown.results.where(analysis="response", endpoint=endpoint, stratum=stratum, statistic=statistic)


def _row(shown: Shown, endpoint: str, stratum: str, statistic: str) -> ResultRow | None:
    found = _rows(shown, endpoint, stratum, statistic)
    return found[0] if found else None


def _strata(shown: Shown) -> list[str]:
    return list(dict.fromkeys(row.stratum for row in shown.results.where(analysis="response", statistic="risk")))


def _groups(shown: Shown) -> list[str]:
    rows = shown.results.where(analysis="response", endpoint="overall_response", statistic="risk")
    return list(dict.fromkeys(row.group for row in rows))


def _label(endpoint: str, stratum: str) -> str:
    name = wording.ENDPOINTS[endpoint]
    if stratum == ALL:
        return name
    return f"{name}, strata together" if stratum == STRATIFIED else f"{name}, {stratum}"


def _sentence_label(shown: Shown, endpoint: str, stratum: str) -> str:
    """The label, with the landmark at which ongoing response is judged."""
    label = _label(endpoint, stratum)
    row = _row(shown, endpoint, stratum, "risk") or _row(shown, endpoint, ALL, "risk")
    if endpoint != "ongoing_complete" or row is None or not row.assumptions:
        return label
    return label.replace(wording.ENDPOINTS[endpoint], f"{wording.ENDPOINTS[endpoint]} {row.assumptions}")


def _loss(shown: Shown, endpoint: str, stratum: str) -> Sentence | None:
    difference = _row(shown, endpoint, stratum, "risk_difference")
    largest = _row(shown, endpoint, stratum, "largest_loss_not_excluded")
    if difference is None or largest is None:
        return None
    verdict, p = (_row(shown, endpoint, stratum, name) for name in ("loss_excluded", "p_noninferiority"))
    label = _sentence_label(shown, endpoint, stratum)
    return wording.loss(label, difference, largest, verdict, p, ends(shown.plan))


def _losses(shown: Shown) -> Iterable[Sentence]:
    alone = len(_groups(shown)) == 1
    for endpoint in wording.ENDPOINTS:
        for stratum in (*_strata(shown), STRATIFIED):
            if alone:
                yield from _only_group(shown, endpoint, stratum)
            elif sentence := _loss(shown, endpoint, stratum):
                yield sentence


def _cautions(shown: Shown) -> Iterable[Sentence]:
    for endpoint in wording.ENDPOINTS:
        row = _row(shown, endpoint, STRATIFIED, "risk_difference")
        sentence = wording.reversed_within_strata(wording.ENDPOINTS[endpoint], row) if row else None
        if sentence:
            yield sentence
    made = (_shown_loss(shown), _without_record(shown), _worst_not_evaluated(shown), _worst_follow_up(shown))
    yield from (sentence for sentence in made if sentence)


def _without_record(shown: Shown) -> Sentence | None:
    rows = [row for row in _rows(shown, "overall_response", ALL, "risk") if not row.denominator]
    return wording.without_record([row.group for row in rows], tuple(row.result_id for row in rows))


def _worst_not_evaluated(shown: Shown) -> Sentence | None:
    groups = _groups(shown)
    unknown = {
        group: [row for row in _best(shown, ALL, group) if row.convention in ("NE", "not assessed")] for group in groups
    }
    counts = {group: sum(int(row.value or 0) for row in rows) for group, rows in unknown.items()}
    sizes = {group: (rows[0].denominator or 0) if rows else 0 for group, rows in unknown.items()}
    rated = {row.group for row in _rows(shown, "overall_response", ALL, "risk") if row.denominator}
    known = [group for group in groups if sizes[group] and group in rated]
    if not known:
        return None
    worst = max(known, key=lambda group: counts[group] / sizes[group])
    return wording.not_evaluated(worst, counts[worst], sizes[worst], tuple(row.result_id for row in unknown[worst]))


def _worst_follow_up(shown: Shown) -> Sentence | None:
    rows = _rows(shown, "ongoing_complete", ALL, "risk")
    sized = [(row, (row.missing or 0) + (row.denominator or 0)) for row in rows]
    sized = [(row, patients) for row, patients in sized if patients]
    if not sized:
        return None
    row, patients = max(sized, key=lambda pair: (pair[0].missing or 0) / pair[1])
    return wording.too_short(row.group, row, patients)


def _best(shown: Shown, stratum: str, group: str) -> list[ResultRow]:
    return shown.results.where(
        analysis="response", endpoint="best_response", stratum=stratum, group=group, statistic="patients"
    )


def _margin_picture(shown: Shown) -> Figure | None:
    rows = []
    for endpoint in wording.ENDPOINTS:
        for stratum in (*_strata(shown), STRATIFIED):
            difference = _row(shown, endpoint, stratum, "risk_difference")
            if difference is None:
                continue
            verdict = _row(shown, endpoint, stratum, "loss_excluded")
            margin = wording.margin_of(verdict.assumptions) if verdict else None
            risks = _rows(shown, endpoint, stratum, "risk")
            counts = f"{count_of(risks[0])} → {count_of(risks[-1])}" if risks else "Mantel-Haenszel weights"
            rows.append(MarginRow(_label(endpoint, stratum), counts, difference.value, difference.lower,
                                  difference.upper, margin, difference.reason))  # fmt: skip
    if not any(row.difference is not None for row in rows):
        return None
    words = ends(shown.plan)
    return interval_against_margin(rows, minus=words.minus, last=words.last_alone, table="response_rates")


def _duration_picture(shown: Shown) -> Figure | None:
    """The first and the last group alone: eight curves on one another could not be told apart."""
    groups = _groups(shown)
    curves = [curve for group in dict.fromkeys((groups[0], groups[-1])) if (curve := _curve(shown, group))]
    if not curves:
        return None
    return survival_steps(curves, outcome="still in response", time="Days from the first assessment with response",
                          name="response_duration", table="response_duration")  # fmt: skip


def _curve(shown: Shown, group: str) -> SurvivalGroup | None:
    steps, at_risk = (
        shown.results.where(analysis="response", endpoint="response_duration", group=group, statistic=statistic)
        for statistic in ("still_responding", "at_risk")
    )
    if not steps or not at_risk:
        return None
    curve = [SurvivalStep(_day(row), row.value or 0.0, row.lower, row.upper) for row in steps]
    numbers = tuple((_day(row), int(row.value or 0)) for row in at_risk)
    # The curve runs on, level, for as long as anybody is known to be in response.
    followed = max(day for day, patients in numbers if patients)
    if followed > curve[-1].time:
        curve.append(replace(curve[-1], time=followed))
    return SurvivalGroup(group, (SurvivalStep(0.0, 1.0), *curve), numbers)


def _day(row: ResultRow) -> float:
    return float(row.convention.removeprefix("day "))


def _rates_table(shown: Shown) -> Table:
    rows = []
    for endpoint in wording.ENDPOINTS:
        for stratum in (*_strata(shown), STRATIFIED):
            difference = _row(shown, endpoint, stratum, "risk_difference")
            if difference is None:
                continue
            risks = _rows(shown, endpoint, stratum, "risk")
            cells = [risk_cell(row) for row in risks] or [Cell("", (), "text") for _ in _groups(shown)]
            cells += [difference_cell(difference), p_cell(_row(shown, endpoint, stratum, "p_score")),
                      p_cell(_row(shown, endpoint, stratum, "p_fisher_central")) if risks else Cell("", (), "text"),
                      _largest_cell(_row(shown, endpoint, stratum, "largest_loss_not_excluded"))]  # fmt: skip
            rows.append(TableRow(_label(endpoint, stratum), tuple(cells)))
    columns = ("Endpoint", *_groups(shown), _minus_column(shown), "P (score)", "P (Fisher, central)",
               "Largest loss not excluded, points")  # fmt: skip
    caption = f"Patients who responded: n/N (%; exact {_level(shown)} interval)"
    return Table("response_rates", caption, columns, tuple(rows))


def _level(shown: Shown) -> str:
    return f"{100 * shown.plan.level:g} %"


def _minus_column(shown: Shown) -> str:
    return f"{ends(shown.plan).minus_heading}, points ({_level(shown)})"


def _largest_cell(row: ResultRow | None) -> Cell:
    if row is None or row.value is None:
        return Cell(row.reason if row else "not computed", (row.result_id,) if row else (), "reason")
    return Cell(number(100 * row.value), (row.result_id,))


def _best_response_table(shown: Shown) -> Table:
    rows = [
        TableRow(f"{stratum}, {group}", tuple(Cell(f"{row.value:.0f}", (row.result_id,)) for row in found))
        for stratum in _strata(shown)
        for group in _groups(shown)
        if (found := _best(shown, stratum, group))
    ]
    columns = ("Stratum and group", "CR", "PR", "SD", "PD", "Not evaluable", "Not assessed")
    return Table("best_response", "Patients by best response", columns, tuple(rows))


def _trend_table(shown: Shown) -> Table:
    rows = [
        TableRow(_label(endpoint, stratum), tuple(p_cell(_row(shown, endpoint, stratum, name)) for name in TRENDS))
        for endpoint in wording.ENDPOINTS
        for stratum in _strata(shown)
    ]
    columns = ("Endpoint", "Over groups, asymptotic", "Over groups, exact", "Along case number (rank sum)")
    found = shown.results.where(analysis="response", statistic="p_trend_groups")
    scores = next((row.assumptions for row in found if row.assumptions), "")
    notes = (f"Cochran-Armitage over groups; {scores}. A large P value is not evidence of equality.",)
    return Table("response_trend", "P values for trend of response over the whole series", columns, tuple(rows), notes)


def _readings_table(shown: Shown) -> Table:
    """Evaluable patients alone, and the data cut: other readings beside the main one."""
    readings = [(endpoint, "risk_evaluable", "risk_difference_evaluable", "evaluable patients alone")
                for endpoint in ("overall_response", "complete_response")]  # fmt: skip
    readings.append(("ongoing_complete", "risk_data_cut", "", "at the data cut"))
    rows = []
    for endpoint, risk, difference, words in readings:
        for stratum in _strata(shown):
            cells = [risk_cell(row) for row in _rows(shown, endpoint, stratum, risk)]
            row = _row(shown, endpoint, stratum, difference) if difference else None
            cells.append(difference_cell(row) if difference else Cell("descriptive", (), "text"))
            rows.append(TableRow(f"{_label(endpoint, stratum)}, {words}", tuple(cells)))
    columns = ("Endpoint and reading", *_groups(shown), _minus_column(shown))
    caption = f"The same under other readings: n/N (%; exact {_level(shown)} interval)"
    return Table("response_readings", caption, columns, tuple(rows))


def _duration_table(shown: Shown) -> Table:
    found = shown.results.where(analysis="response", endpoint="response_duration", statistic="median_duration")
    rows = []
    for group in dict.fromkeys(row.group for row in found):
        readings = [row for row in found if row.group == group]
        # Where partial dates make no difference, one line says it all.
        alike = len({(row.value, row.lower, row.upper, row.missing) for row in readings}) == 1
        for row in readings[:1] if alike else readings:
            reading = "" if alike else f", dates by their {row.result_id.rsplit('/', 1)[-1]} reading"
            cells = (Cell(str(row.denominator)), Cell(str(row.numerator)), Cell(str(row.missing)), _median_cell(row))
            rows.append(TableRow(f"{group}{reading}", cells))
    columns = ("Group", "CR or PR", "Ended", "Not dated", f"Median, days ({_level(shown)})")
    notes = (
        "From the first assessment that showed the response to progression or death; Kaplan-Meier, log-log interval.",
        *_log_rank_notes(shown),
    )
    return Table("response_duration", "How long responses lasted", columns, tuple(rows), notes)


def _log_rank_notes(shown: Shown) -> tuple[str, ...]:
    """The log-rank P values beside the curves, and what they compare."""
    asked = (("p_log_rank", "all groups"), ("p_log_rank_ends", ends(shown.plan).against))
    found = [(words, row) for name, words in asked if (row := shown.results.one(analysis="response", statistic=name))]
    if not any(row.value is not None for _, row in found):
        return ()
    told = [f"{words}, P {equals(row)}" if row.value is not None else f"{words}: {row.reason}" for words, row in found]
    return (f"Log-rank test: {'; '.join(told)}. It compares those who responded, not all who were treated.",)


def _median_cell(row: ResultRow) -> Cell:
    if row.value is None or row.lower is None or row.upper is None:
        return Cell(row.reason, (row.result_id,), "reason")
    return Cell(f"{number(row.value, 0)} ({interval(row.lower, row.upper, 0)})", (row.result_id,))
