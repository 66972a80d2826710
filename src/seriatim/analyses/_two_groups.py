"""Did the first and the last group differ? The estimate and its own P first, then every other convention by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from seriatim.analyses._one_group import without_own_mirror
from seriatim.analyses._risk import Risks, first_and_last
from seriatim.methods import miettinen_nurminen
from seriatim.methods.blaker import blaker
from seriatim.methods.boschloo import boschloo
from seriatim.methods.conditional_odds_ratio import conditional_odds_ratio
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.methods.score_ratio import risk_ratio
from seriatim.methods.values import NotEstimable, PValue
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row
from seriatim.results.row import ResultRow

Test = Callable[[int, int, int, int], PValue | NotEstimable]

# The score P belongs to the Miettinen-Nurminen interval, the central Fisher P to the exact odds ratio; the others
# stand beside them because a reader of 1998 (minimum likelihood) or 1994 (one tail doubled, which is the central
# rule) compares with those.
PAIRED_TESTS: Mapping[str, Test] = {
    "p_score": miettinen_nurminen.score_test,
    "p_fisher_central": partial(fisher_exact, convention="central"),
}
OTHER_TESTS: Mapping[str, Test] = {
    "p_fisher_minimum_likelihood": partial(fisher_exact, convention="minimum likelihood"),
    "p_blaker": blaker,
    "p_mid": partial(fisher_exact, convention="mid-P central"),
    "p_boschloo": boschloo,
}
P_STATISTICS = (*PAIRED_TESTS, *OTHER_TESTS)


def first_against_last(
    subject: Subject, risk: Risks, level: float, tests: Mapping[str, Test] | None = None
) -> list[ResultRow]:
    """All rows of one comparison; `tests` names the P values that stand beside the two paired ones."""
    about = subject.about(
        group=risk.groups[-1], reference_group=risk.groups[0], direction="last minus first", unit="patient"
    )
    table = first_and_last(risk)
    missing = {"missing": int(risk.missing[0] + risk.missing[-1])}
    rows = [
        estimate_row(about, "risk_difference", miettinen_nurminen.difference(*table, level), **missing),
        estimate_row(about.about(direction="last over first"), "risk_ratio", risk_ratio(*table, level), **missing),
        estimate_row(
            about.about(direction="last over first"), "odds_ratio", conditional_odds_ratio(*table, level), **missing
        ),
    ]
    chosen = {**PAIRED_TESTS, **(OTHER_TESTS if tests is None else tests)}
    values = {name: test(*table) for name, test in chosen.items()}
    rows += [p_value_row(about, name, value, **missing) for name, value in values.items()]
    return without_own_mirror([*rows, _verdict_row(about, values, 1 - level)])


def _verdict_row(about: Subject, values: Mapping[str, PValue | NotEstimable], alpha: float) -> ResultRow:
    """1 where the conventions fall on both sides of alpha, so that no single P may be quoted alone."""
    known = [value.value for value in values.values() if isinstance(value, PValue)]
    if not known:
        return number_row(about, "verdict_depends", None, reason="no P value could be computed")
    depends = min(known) < alpha <= max(known)
    warning = f"the conventions give P from {min(known):.2g} to {max(known):.2g}: the verdict depends on the choice"
    return number_row(
        about,
        "verdict_depends",
        float(depends),
        method=f"do the P values fall on both sides of {alpha:.2g}",
        flags="verdict-depends-on-convention" if depends else "",
        warning=warning if depends else "",
    )
