"""What is a plan? Population, grouping, endpoints, the one primary contrast, and the analyses with their options."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from seriatim.documents import Document, Located, document_text, load_located, read_text
from seriatim.errors import Misuse
from seriatim.plans.endpoints import Endpoint
from seriatim.plans.grouping import Grouping

SCHEMA = "seriatim.plan/1"
LIBRARY = Path(__file__).with_name("library")


class Population(Document):
    """Who is reviewed: all treated patients, or those with the given words in one patient column."""

    label: str = "treated patients"
    column: str | None = None
    levels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _column_with_levels(self) -> Population:
        if bool(self.column) != bool(self.levels):
            raise ValueError("column and levels together, or neither")
        return self


class Primary(Document):
    """The one contrast whose P values are adjusted together. Everything else in the review is supportive."""

    contrast: Literal["first against last"] = "first against last"
    endpoints: tuple[str, ...] = Field(min_length=1)
    adjust: Literal["holm"] = "holm"


class Export(Document):
    """Which cells are hidden when tallies leave the site."""

    hide_from: int = Field(default=1, ge=0)
    hide_to: int = Field(default=10, ge=0)


class AnalysisRequest(Document):
    """One analysis by the name of its module, with options that the analysis itself checks."""

    name: str
    options: Mapping[str, Any] = Field(default_factory=dict)


class Plan(Document):
    """A review as declared before the data were read.

    Without `primary` every result is exploratory and says so. `set_aside: allow` lets the command line end well
    although records were set aside; the account is printed all the same. `trend_scores` are those of the groups in
    the test of Cochran and Armitage: their mean case numbers, or 1, 2, 3 and so on; other levels have their places.
    """

    title: str
    treatment: str = ""
    population: Population = Population()
    grouping: Grouping
    stratum: str | None = None
    strata: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    primary: Primary | None = None
    trend_scores: Literal["mean case number", "equally spaced"] = "mean case number"
    level: float = Field(default=0.95, gt=0.5, lt=1)
    set_aside: Literal["allow", "refuse"] = "refuse"
    export: Export = Export()
    analyses: tuple[AnalysisRequest, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_agree(self) -> Plan:
        ids = [endpoint.id for endpoint in self.endpoints]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"each endpoint id once; twice: {', '.join(sorted(twice))}")
        if self.primary and (unknown := set(self.primary.endpoints) - set(ids)):
            raise ValueError(f"primary endpoints that are declared; unknown: {', '.join(sorted(unknown))}")
        names = [request.name for request in self.analyses]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"each analysis once; twice: {', '.join(sorted(twice))}")
        return self

    @model_validator(mode="after")
    def _stratum_with_strata(self) -> Plan:
        if bool(self.stratum) != bool(self.strata) or len(set(self.strata)) < len(self.strata):
            raise ValueError("stratum (a patient column) and strata (its levels, each once) together, or neither")
        return self

    def endpoint(self, name: str) -> Endpoint:
        return next(endpoint for endpoint in self.endpoints if endpoint.id == name)

    def options_of(self, analysis: str) -> Mapping[str, Any]:
        return next((request.options for request in self.analyses if request.name == analysis), {})

    def is_primary(self, endpoint: str) -> bool:
        return self.primary is not None and endpoint in self.primary.endpoints


def read_plan(source: str | Path) -> Plan:
    """Read a plan from a file, or one of the library by its name.

    >>> read_plan("il2_1998").endpoint("line_sepsis").grades
    '3-4'
    """
    return locate_plan(source).document


def locate_plan(source: str | Path) -> Located[Plan]:
    """The same with the lines of its parts, for the options that only the analyses themselves can check."""
    path = Path(source)
    if path.is_file():
        return load_located(read_text(path), Plan, schema=SCHEMA, name=path.name)
    if text := library_text(str(source)):
        return load_located(text, Plan, schema=SCHEMA, name=f"{source}.yaml")
    raise Misuse(f"there is no plan file {source} and no plan of that name; the library has {', '.join(library())}")


def plan_text(plan: Plan) -> str:
    """The plan as YAML, to be printed and to be read again as the same plan."""
    return document_text(plan, SCHEMA)


def library() -> list[str]:
    """The names of the plans that come with the program."""
    return sorted(path.stem for path in LIBRARY.glob("*.yaml"))


def library_text(name: str) -> str | None:
    """A library plan as written, comments and all; None where there is none of that name."""
    path = LIBRARY / f"{name}.yaml"
    return path.read_text(encoding="utf-8") if name in library() else None
