"""How do a plan and tallies become results? Each analysis by name, then the family of P values that is adjusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from seriatim import shelves
from seriatim.analyses._family import family_rows
from seriatim.documents import Document, Place, check_document
from seriatim.errors import InvalidDocument
from seriatim.plans.plan import AnalysisRequest, Plan
from seriatim.results.results import Results, join
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import TallySpec
from seriatim.tallies.tally import Tally

LineOf = Callable[[Place], int | None]


def _no_line(_: Place) -> None:
    """A plan made in Python has no lines."""


def tallies_needed(plan: Plan) -> list[TallySpec]:
    """What must be counted for this plan, in its order."""
    return [spec for module, options in _analyses(plan) for spec in module.needs(plan, options)]


def analyse(tallies: Mapping[str, Tally], plan: Plan) -> Results:
    """Every analysis of the plan, from tallies alone: the same rows from a hospital's patients and from a folder.

    Raises `Misuse` for an analysis that is on no shelf and `InvalidDocument` for options that it does not have.
    """
    parts: list[Sequence[ResultRow]] = [module.analyse(tallies, plan, options) for module, options in _analyses(plan)]
    return join([*parts, family_rows((row for part in parts for row in part), plan)])


def check_options(plan: Plan, line_of: LineOf = _no_line) -> None:
    """Check every analysis name and its options without data; all faults at once, with their lines if known."""
    told = []
    for place, request in enumerate(plan.analyses):
        try:
            _options(request, partial(_line_of_option, line_of, place))
        except InvalidDocument as fault:
            told.append(str(fault))
    if told:
        raise InvalidDocument("\n".join(told))


def _line_of_option(line_of: LineOf, analysis: int, option: Place) -> int | None:
    return line_of(("analyses", analysis, "options", *option))


def _analyses(plan: Plan) -> Iterator[tuple[ModuleType, Any]]:
    for request in plan.analyses:
        yield shelves.take("analyses", request.name), _options(request)


def _options(request: AnalysisRequest, line_of: LineOf = _no_line) -> Document:
    model: type[Document] = shelves.take("analyses", request.name).Options
    try:
        return check_document(dict(request.options), model, f"options of the analysis {request.name}", line_of)
    except InvalidDocument as fault:
        known = ", ".join(model.model_fields) or "none"
        raise InvalidDocument(f"{fault}\n  it has the options {known}") from None
