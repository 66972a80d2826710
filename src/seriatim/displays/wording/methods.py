"""How are the plan and its methods told in sentences?"""

from __future__ import annotations

from seriatim.displays.wording.groups import ends
from seriatim.pages import Sentence
from seriatim.plans.endpoints import Endpoint
from seriatim.plans.grouping import Blocks, EqualGroups, Eras, Grouping, Levels
from seriatim.plans.plan import Plan


def text(plan: Plan) -> tuple[Sentence, ...]:
    """The methods paragraph, made from the plan alone."""
    sentences = [
        f"The review counts {plan.population.label}" + (f" given {plan.treatment}" if plan.treatment else "") + ".",
        f"They were cut into {grouping(plan.grouping)}.",
        "Each patient counts once for each endpoint.",
        _family(plan),
        f"Intervals are at {plan.level * 100:g} % and two-sided unless a row says otherwise.",
    ]
    return tuple(Sentence(sentence) for sentence in (*sentences, *plan.notes))


def grouping(chosen: Grouping) -> str:
    """The grouping in words."""
    if isinstance(chosen, Blocks):
        return f"blocks of {chosen.size} consecutive cases; a remainder under half a block joined the last one"
    if isinstance(chosen, EqualGroups):
        return f"{chosen.groups} consecutive groups of equal size"
    if isinstance(chosen, Eras):
        return f"calendar eras that begin on {', '.join(map(str, chosen.starts))}"
    if isinstance(chosen, Levels):
        return f"groups by {chosen.column} ({', '.join(chosen.levels)}), which are not consecutive"
    of = f" in {chosen.domain}" if chosen.domain else ""
    return f"periods between the dated changes of practice{of}, each change taken as one of every site"


def words(endpoint: Endpoint) -> str:
    """What a record must be of, with the reasons and restrictions that it must meet."""
    events = ", ".join((*endpoint.terms, *endpoint.system_organ_classes)) or "any adverse event"
    restrictions = [word for word, asked in (("related", endpoint.related), ("serious", endpoint.serious)) if asked]
    parts = [", ".join([events, *(f"{word} only" for word in restrictions)])] if endpoint.counts_events else []
    if endpoint.interventions:
        reasons = f" (reason: {', '.join(endpoint.intervention_reasons)})" if endpoint.intervention_reasons else ""
        parts.append(", ".join(endpoint.interventions) + reasons)
    return "; or ".join(parts)


def without_record(endpoint: Endpoint) -> str:
    """What a patient without a record is, and how absence was then learnt.

    >>> without_record(Endpoint(id="fever", label="Fever", terms="fever"))
    'absent (spontaneous reporting)'
    """
    return {
        "absent": "absent (spontaneous reporting)" if endpoint.counts_events else "absent (charted whenever done)",
        "not assessed": "not assessed",
        "absent if assessed": "absent where it was looked for, else not assessed",
    }[endpoint.without_record]


def window(endpoint: Endpoint) -> str:
    """From when to when a record counts."""
    begins = {
        "first dose": "from the first dose",
        "source flag": "where the source flags it as treatment-emergent",
        "all records": "all records",
    }[endpoint.emergent]
    return begins + (f", for {endpoint.window_days} days" if endpoint.window_days else ", without end")


def _family(plan: Plan) -> str:
    if plan.primary is None:
        return "No primary contrast was declared; all results are exploratory and no P value is adjusted."
    return (
        f"The primary contrast is {_contrast(plan)} for {_endpoints(len(plan.primary.endpoints))};"
        " the P values of its score tests are adjusted together by Holm, with Benjamini-Hochberg beside it."
        " All other results are supportive."
    )


def _contrast(plan: Plan) -> str:
    words = ends(plan)
    return "the first group against the last" if words.in_order else words.against


def _endpoints(n: int) -> str:
    return "1 endpoint" if n == 1 else f"{n} endpoints"
