"""Do a printed table's figures agree with each other? Percentage with size, interval with level, P with counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from seriatim.findings import Finding, Severity
from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.methods.miettinen_nurminen import score_test
from seriatim.methods.pearson_chi_squared import pearson_chi_squared, smallest_expected
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue
from seriatim.methods.wilson import wilson
from seriatim.tallies.printed import prints_as
from seriatim.tallies.published import (
    MOST_READINGS,
    Cell,
    Claim,
    Published,
    Reading,
    Row,
    admissible,
    all_readings,
    combinations,
    readings,
)

Test = Callable[[int, int, int, int], PValue | NotEstimable]


def _chi_squared_or_fisher(a: int, n: int, b: int, m: int) -> PValue | NotEstimable:
    # The rule of many papers (and of the 2011 vaccine trial's table): Fisher where an expected count is under 5.
    if smallest_expected(a, n, b, m) < 5:
        return fisher_exact(a, n, b, m, convention="minimum likelihood")
    return pearson_chi_squared(a, n, b, m)


CONVENTIONS: Mapping[str, Test] = {
    "Fisher, minimum likelihood": partial(fisher_exact, convention="minimum likelihood"),
    "Fisher, central (one tail doubled)": partial(fisher_exact, convention="central"),
    "mid-P": partial(fisher_exact, convention="mid-P central"),
    "chi-squared": pearson_chi_squared,
    "chi-squared with Yates's correction": partial(pearson_chi_squared, yates=True),
    "chi-squared, or Fisher where an expected count is under 5": _chi_squared_or_fisher,
    "Miettinen-Nurminen score": score_test,
}
# Words of a printed test, in small letters, and what they may mean; the first line of which every word is there counts.
# A paper that says "Fisher's exact test" has not said how its two sides were made.
_MEANT: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("one-sided",), ()),
    (("one-tailed",), ()),
    (("mantel",), ()),
    (("trend",), ()),
    (("fisher", "chi"), ("chi-squared, or Fisher where an expected count is under 5",)),
    (("without", "chi"), ("chi-squared",)),
    (("uncorrected", "chi"), ("chi-squared",)),
    (("yates",), ("chi-squared with Yates's correction",)),
    (("continuity",), ("chi-squared with Yates's correction",)),
    (("chi",), ("chi-squared", "chi-squared with Yates's correction")),
    (("mid-p",), ("mid-P",)),
    (("minimum likelihood",), ("Fisher, minimum likelihood",)),
    (("fisher", "central"), ("Fisher, central (one tail doubled)",)),
    (("fisher", "doubled"), ("Fisher, central (one tail doubled)",)),
    (("p2",), ("Fisher, central (one tail doubled)",)),
    (("fisher",), ("Fisher, minimum likelihood", "Fisher, central (one tail doubled)")),
    (("score",), ("Miettinen-Nurminen score",)),
)
LEVELS = (0.80, 0.90, 0.95, 0.99)
MOST_CHECKED = 1000  # combinations of counts that a P value is compared with: some seconds
INTERVALS: Mapping[str, Callable[[int, int, float], Estimate | NotEstimable]] = {
    "Clopper-Pearson": clopper_pearson,
    "Wilson": wilson,
}


def consistency_findings(published: Published) -> tuple[Finding, ...]:
    """Every contradiction of a printed table at once, and what it says that cannot be redone.

    `row` is the place of the endpoint in the table, or of the claim among the claims, from 1.
    """
    found: list[Finding] = []
    for place, row in enumerate(published.rows, start=1):
        for cell in row.cells:
            found += _percent_findings(published, row, cell, place)
            found += _interval_findings(published, row, cell, place)
        found += _readings_findings(published, row, place)
        found += _p_findings(published, row, place)
    return (*found, *(_not_redone(claim, place) for place, claim in enumerate(published.claims, start=1)))


def matching_conventions(p: str, reading: Reading) -> list[str]:
    """The conventions by which the counts of two groups give the P value as printed.

    Pressors and response (1994): 13/56 against 3/46 was printed as P2 = 0.037.

    >>> matching_conventions("0.037", Reading("response", ("pressors", "none"), ((13, 56), (3, 46))))
    ['Fisher, central (one tail doubled)']
    """
    (a, n), (b, m) = reading.counts
    values = {name: test(a, n, b, m) for name, test in CONVENTIONS.items()}
    return [name for name, value in values.items() if isinstance(value, PValue) and prints_as(value.value, p)]


def conventions_named(test: str) -> tuple[str, ...]:
    """The conventions that a test may mean as a paper names it; none where the name is not known.

    >>> conventions_named("Fisher's exact test, two-sided")
    ('Fisher, minimum likelihood', 'Fisher, central (one tail doubled)')
    >>> conventions_named("χ² without correction"), conventions_named("log-rank")
    (('chi-squared',), ())
    """
    if test in CONVENTIONS:
        return (test,)
    words = re.sub("χ|x²|x2", "chi", test.lower())
    return next((meant for named, meant in _MEANT if all(word in words for word in named)), ())


def _percent_findings(published: Published, row: Row, cell: Cell, place: int) -> Iterator[Finding]:
    sizes = published.sizes(cell)
    if cell.k is not None and all(cell.k > n for n in sizes):
        expected = f"at most {max(sizes)} of {cell.group}"
        yield _finding("published.count", place, row, "k", f"{cell.k}", expected, "look the count up in the source")
        return
    if cell.percent is None or _percent_fits(cell, sizes):
        return
    if cell.k is None:
        expected = f"a percentage that some count of {_or(sizes)} gives"
    else:
        shares = " or ".join(f"{100 * cell.k / n:.1f} %" for n in sizes)
        expected = f"{shares} for {cell.k} of {_or(sizes)}"
    move = "look up count, size and percentage in the source; one of them is wrong"
    yield _finding("published.percent", place, row, f"percent, {cell.group}", f"{cell.percent} %", expected, move)


def _percent_fits(cell: Cell, sizes: tuple[int, ...]) -> bool:
    if cell.k is None:
        return bool(admissible(cell, sizes))
    return any(prints_as(100 * cell.k / n, (cell.percent or "").rstrip("% ")) for n in sizes)


def _interval_findings(published: Published, row: Row, cell: Cell, place: int) -> Iterator[Finding]:
    if cell.lower is None or cell.upper is None:
        return
    pairs, stated = admissible(cell, published.sizes(cell)), cell.level / 100
    if not pairs or any(_interval_fits(cell, pairs, name, stated) for name in INTERVALS):
        return
    fitting = [(name, level) for name in INTERVALS for level in LEVELS if _interval_fits(cell, pairs, name, level)]
    expected = f"a {cell.level:g} % interval of the count, by {' or '.join(INTERVALS)}"
    move = "look the interval up in the source"
    if fitting:
        name, level = fitting[0]
        expected = f"{expected}; these bounds are the {level * 100:g} % interval by {name}"
        move = f"the level is mislabelled: read it as {level * 100:g} %"
    bounds = f"{cell.lower} to {cell.upper} at {cell.level:g} %"
    yield _finding("published.interval", place, row, f"interval, {cell.group}", bounds, expected, move)


def _interval_fits(cell: Cell, pairs: list[tuple[int, int]], name: str, level: float) -> bool:
    for k, n in pairs:
        estimate = INTERVALS[name](k, n, level)
        interval = estimate.interval if isinstance(estimate, Estimate) else None
        if interval is not None and _print_as(interval, cell):
            return True
    return False


def _print_as(interval: Interval, cell: Cell) -> bool:
    bounds = ((interval.lower, cell.lower), (interval.upper, cell.upper))
    return all(prints_as(100 * value, (text or "").rstrip("% ")) for value, text in bounds)


def _readings_findings(published: Published, row: Row, place: int) -> Iterator[Finding]:
    total = combinations(published, row)
    if total > MOST_READINGS:
        found = f"percentages that {total:,} combinations of counts print as"
        expected = f"at most {MOST_READINGS}; the review carries the lowest and highest of each group"
        yield _note("published.readings", place, row, "percent", found, expected)


def _p_findings(published: Published, row: Row, place: int) -> Iterator[Finding]:
    if row.p is None:
        return
    found = f"P {row.p}" if row.p[0] in "<>≤≥" else f"P = {row.p}"
    total = combinations(published, row)
    if len(row.cells) != 2 or total > MOST_CHECKED:
        yield _note("published.p_not_checked", place, row, "p", found, "the counts of two groups, to check it by")
        return
    if row.test and not conventions_named(row.test):
        # The counts do not give the P value of another test (log-rank, one-sided, adjusted): nothing can be said.
        expected = f"a test that the counts alone give: {'; '.join(CONVENTIONS)}"
        yield _note("published.p_not_checked", place, row, "p", f"{found} by the test {row.test}", expected)
        return
    if total and not _gives(published, row, conventions_named(row.test) or tuple(CONVENTIONS)):
        yield _unmatched_p(published, row, place, found)


def _gives(published: Published, row: Row, names: Iterable[str]) -> bool:
    wanted = set(names)
    return any(
        wanted.intersection(matching_conventions(row.p or "", reading)) for reading in all_readings(published, row)
    )


def _unmatched_p(published: Published, row: Row, place: int, found: str) -> Finding:
    """A P value that its counts do not give by the test that the paper names, or by any."""
    first, *more = readings(published, row)
    counted = " (first admissible counts)" if more else ""
    if others := [name for name in CONVENTIONS if _gives(published, row, (name,))]:
        values = _named_values(first, conventions_named(row.test))
        expected = f"{values}{counted}, because the test is named {row.test}"
        move = f"look the test up in the source; the P value is that of {' or '.join(others)}"
        return _finding("published.test", place, row, "p", found, expected, move)
    expected = f"one of: {_named_values(first, CONVENTIONS)}{counted}"
    move = "look up the counts, the sizes and the test in the source; no usual convention gives this P"
    return _finding("published.p", place, row, "p", found, expected, move)


def _named_values(reading: Reading, names: Iterable[str]) -> str:
    (a, n), (b, m) = reading.counts
    values = ((name, CONVENTIONS[name](a, n, b, m)) for name in names)
    return ", ".join(f"{value.value:.2g} by {name}" for name, value in values if isinstance(value, PValue))


def _finding(rule: str, place: int, row: Row, column: str, found: str, expected: str, next_move: str) -> Finding:
    return Finding(rule, Severity.WARNING, row.endpoint, place, column, found, expected, next_move)


def _note(rule: str, place: int, row: Row, column: str, found: str, expected: str) -> Finding:
    move = "give the counts where the source prints them"
    return Finding(rule, Severity.NOTE, row.endpoint, place, column, found, expected, move)


def _not_redone(claim: Claim, place: int) -> Finding:
    expected, move = "figures to work it out from", f"it cannot be redone: {claim.because}"
    return Finding("published.not_redone", Severity.NOTE, "claims", place, None, claim.claim, expected, move)


def _or(sizes: tuple[int, ...]) -> str:
    return " or ".join(map(str, sizes))
