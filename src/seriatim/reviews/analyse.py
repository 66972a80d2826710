"""How do a plan and tallies become results? Each analysis by name, then the family of P values that is adjusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from seriatim import shelves
from seriatim.analyses._family import family_rows
from seriatim.documents import Document
from seriatim.errors import InvalidDocument
from seriatim.plans.plan import AnalysisRequest, Plan
from seriatim.results.results import Results, join
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import TallySpec
from seriatim.tallies.tally import Tally


def tallies_needed(plan: Plan) -> list[TallySpec]:
    """What must be counted for this plan, in its order."""
    return [spec for module, options in _analyses(plan) for spec in module.needs(plan, options)]


def analyse(tallies: Mapping[str, Tally], plan: Plan) -> Results:
    """Every analysis of the plan, from tallies alone: the same rows from a hospital's patients and from a folder.

    Raises `Misuse` for an analysis that is on no shelf and `InvalidDocument` for options that it does not have.
    """
    parts: list[Sequence[ResultRow]] = [module.analyse(tallies, plan, options) for module, options in _analyses(plan)]
    return join([*parts, family_rows((row for part in parts for row in part), plan)])


def check_options(plan: Plan) -> None:
    """Check every analysis name and its options without touching data."""
    for _ in _analyses(plan):
        pass


def _analyses(plan: Plan) -> Iterator[tuple[ModuleType, Any]]:
    for request in plan.analyses:
        module = shelves.take("analyses", request.name)
        yield module, _options(module.Options, request)


def _options(model: type[Document], request: AnalysisRequest) -> Document:
    try:
        return model.model_validate(dict(request.options))
    except ValidationError as error:
        faults = [f"  {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        lines = "\n".join(faults)
        known = ", ".join(model.model_fields) or "none"
        raise InvalidDocument(f"options of the analysis {request.name}:\n{lines}\nit has the options {known}") from None
