"""Which adverse events did patients have? A table by system organ class and term, and which terms moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from seriatim.displays._contract import Shown
from seriatim.displays.wording import terms as wording
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.numbers import difference_cell, p_cell, percent
from seriatim.pages import Block, Cell, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

ANY_TERM = "any"
# A term that is rarer than this in every group stays in the results and out of the table.
SHOWN_FROM_PERCENT = 1.0
SMALL_PRINT = (
    "Each patient counts once per term, once per system organ class and once in all. A record without a grade counts"
    " under any grade only; unknown relatedness counts as related.",
    "Hundreds of terms are compared: P values without adjustment will be small here and there by chance alone.",
    "Difference: Miettinen-Nurminen score interval. Trend: Cochran-Armitage over the groups by the normal"
    " approximation; the exact P of every term for which it takes little work is in the results.",
)


@dataclass
class _Line:
    """The rows of one term under one view."""

    level: str
    risks: list[ResultRow] = field(default_factory=list)
    others: dict[tuple[str, str], ResultRow] = field(default_factory=dict)

    @property
    def organ_class(self) -> str:
        return self.level.split(" / ")[0]

    @property
    def is_single(self) -> bool:
        return " / " in self.level

    @property
    def patients(self) -> int:
        return sum(row.numerator or 0 for row in self.risks)

    @property
    def most(self) -> float:
        return max((row.value or 0.0 for row in self.risks), default=0.0)


View = Mapping[str, _Line]


def lead(shown: Shown) -> tuple[Sentence, ...]:  # noqa: ARG001
    """Nothing for the first screen: a table of terms searches, it does not answer."""
    return ()


def section(shown: Shown) -> Section | None:
    """Which terms moved, then a table a view: every severity of all events, any severity of related and serious."""
    views = _views(shown)
    if not views:
        return None
    blocks: list[Block] = []
    first_severity = next(iter(views))[1]
    for (reading, severity), view in views.items():
        if reading == "all" or severity == first_severity:
            if severity == first_severity and reading == "all":
                blocks += _moved(view, shown)
            blocks.append(_table(reading, severity, view, shown))
    return Section("terms", "Which adverse events occurred?", tuple(blocks), SMALL_PRINT)


def _views(shown: Shown) -> dict[tuple[str, str], dict[str, _Line]]:
    """All rows in one pass: there may be tens of thousands."""
    views: dict[tuple[str, str], dict[str, _Line]] = defaultdict(dict)
    for row in shown.results:
        if row.analysis != "terms":
            continue
        reading, severity, level = (part.partition("=")[2] for part in row.tally_keys.split("; ", 2))
        line = views[reading, severity].setdefault(level, _Line(level))
        if row.statistic == "risk":
            line.risks.append(row)
        else:
            line.others[row.statistic, row.group] = row
    return dict(views)


def _moved(view: View, shown: Shown) -> list[Sentence]:
    made = []
    level, first = shown.plan.level, next(iter(view.values())).risks[0].group
    compared = _compared(view)
    named = len(compared) > 1 or not ends(shown.plan).in_order
    for group in compared:
        tested = [line for line in view.values() if ("p_score_bh", group) in line.others]
        beyond = [line for line in tested if (line.others["p_score_bh", group].value or 0.0) < 1 - level]
        fewer = [line for line in beyond if (line.others["risk_difference", group].value or 0.0) < 0]
        more = [line for line in beyond if line not in fewer]
        ids = tuple(line.others["p_score_bh", group].result_id for line in beyond)
        if tested:
            against = f"{group} against {first}" if named else ""
            made.append(wording.moved(len(tested), _names(fewer), _names(more), level, ids, against))
    return made


def _names(lines: Iterable[_Line]) -> list[str]:
    return [line.level.partition(" / ")[2] for line in _by_frequency(lines)]


def _compared(view: View) -> list[str]:
    """The groups that are compared with the first, in their order."""
    named = (group for line in view.values() for statistic, group in line.others if statistic == "risk_difference")
    return list(dict.fromkeys(named))


def _table(reading: str, severity: str, view: View, shown: Shown) -> Table:
    lines = [line for line in _in_order(view) if 100 * line.most >= SHOWN_FROM_PERCENT or not line.is_single]
    some = next(iter(view.values()))
    groups = [f"{row.group} (N = {row.denominator})" for row in some.risks]
    compared, trends = _compared(view), len(groups) > 2
    comparisons = [words for group in compared for words in _headings(group, len(compared), shown)]
    columns = ("System organ class and term", *groups, *comparisons, *(("P (trend over groups)",) if trends else ()))
    rows = tuple(_row(line, compared, trends) for line in lines)
    hidden = len(view) - len(lines)
    notes = (wording.left_out(hidden, SHOWN_FROM_PERCENT),) if hidden else ()
    name = f"terms_{reading}_{severity}".replace(">=", "from_").replace("-", "_to_")
    return Table(name, wording.caption(reading, severity), columns, rows, notes)


def _headings(group: str, compared: int, shown: Shown) -> tuple[str, ...]:
    words = ends(shown.plan)
    minus = words.minus_heading if compared == 1 else f"{group} minus {'first' if words.in_order else words.first}"
    level = f"{100 * shown.plan.level:g} %"
    return (f"{minus}, points ({level})", "P (score)", "P (Fisher, central)", "P (score, adjusted)")


def _row(line: _Line, compared: Iterable[str], trends: bool) -> TableRow:
    cells = [_count_cell(row) for row in line.risks]
    for group in compared:
        cells.append(difference_cell(line.others.get(("risk_difference", group))))
        cells += [p_cell(line.others.get((name, group))) for name in ("p_score", "p_fisher_central")]
        adjusted = line.others.get(("p_score_bh", group))
        cells.append(p_cell(adjusted) if adjusted else Cell("", (), "text"))
    if trends:
        cells.append(p_cell(line.others.get(("p_trend_groups", "all groups"))))
    header = "Any adverse event" if line.level == ANY_TERM else line.level.partition(" / ")[2] or line.level
    return TableRow(header, tuple(cells), level=1 if line.is_single else 0)


def _count_cell(row: ResultRow) -> Cell:
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    return Cell(f"{row.numerator} ({percent(row.value, row.denominator or 0)})", (row.result_id,))


def _in_order(view: View) -> list[_Line]:
    """Any event first, then classes and within them terms, the most frequent first."""
    by_class: dict[str, list[_Line]] = defaultdict(list)
    for line in view.values():
        if line.is_single:
            by_class[line.organ_class].append(line)
    classes = _by_frequency(line for line in view.values() if not line.is_single and line.level != ANY_TERM)
    ordered = [line for line in view.values() if line.level == ANY_TERM]
    for organ_class in classes:
        ordered += [organ_class, *_by_frequency(by_class[organ_class.level])]
    return ordered


def _by_frequency(lines: Iterable[_Line]) -> list[_Line]:
    return sorted(lines, key=lambda line: (-line.patients, line.level))
