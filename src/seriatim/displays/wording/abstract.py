"""What did the abstract of 1998 say, and what would it say with the numbers of this series?

Source: Cancer 1998;83:797-805 (key il2_review_1998), sentence by sentence in own words; each is left out where the
series has no row for it.
"""

from __future__ import annotations

from seriatim.displays.wording.incidence import equals
from seriatim.displays.wording.numbers import number, percent
from seriatim.pages import Sentence
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow


def abstract_sentences(results: Results, plan: Plan) -> tuple[Sentence, ...]:
    """The sentences in the order of the abstract."""
    parts = [
        *_toxicity(results, plan),
        _deaths(results),
        _doses(results),
        *_responses(results, plan),
    ]
    return tuple(sentence for sentence in parts if sentence is not None)


def _toxicity(results: Results, plan: Plan) -> list[Sentence | None]:
    return [_one_toxicity(results, endpoint.id, endpoint.label) for endpoint in plan.endpoints]


def _one_toxicity(results: Results, endpoint: str, label: str) -> Sentence | None:
    risks = results.where(analysis="incidence", endpoint=endpoint, statistic="risk")
    p = results.one(analysis="incidence", endpoint=endpoint, statistic="p_fisher_minimum_likelihood")
    if not risks or p is None or risks[0].value is None or risks[-1].value is None:
        return None
    first, last = (percent(row.value or 0.0, row.denominator or 0) for row in (risks[0], risks[-1]))
    tail = f" (P {equals(p)}, Fisher by minimum likelihood)" if p.value is not None else ""
    return Sentence(f"{label}: from {first} to {last}{tail}.", (risks[0].result_id, risks[-1].result_id))


def _deaths(results: Results) -> Sentence | None:
    row = results.one(analysis="deaths", statistic="final_run")
    if row is None or not row.value:
        return None
    text = f"No treatment-related death among the final {row.value:.0f} patients."
    return Sentence(text, (row.result_id,))


def _doses(results: Results) -> Sentence | None:
    rows = results.where(analysis="doses", endpoint="first_cycle_doses", statistic="median")
    if not rows or rows[0].value is None or rows[-1].value is None:
        return None
    first, last = (number(row.value or 0.0, 0) for row in (rows[0], rows[-1]))
    text = f"Median number of doses in the first cycle: from {first} to {last}."
    return Sentence(text, (rows[0].result_id, rows[-1].result_id))


def _responses(results: Results, plan: Plan) -> list[Sentence | None]:
    wanted = (("overall_response", "overall response"), ("ongoing_complete", "ongoing complete response"))
    return [
        _one_response(results.where(analysis="response", endpoint=endpoint, stratum=stratum), stratum, words)
        for stratum in plan.strata
        for endpoint, words in wanted
    ]


def _one_response(rows: list[ResultRow], stratum: str, words: str) -> Sentence | None:
    p = next((row for row in rows if row.statistic == "p_fisher_minimum_likelihood"), None)
    if p is None or p.value is None:
        return None
    return Sentence(f"{stratum.capitalize()}, {words}, first group against last: P {equals(p)}.", (p.result_id,))
