"""What must be printed so that the report can be made again? Source, hashes, versions, engine, command."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import version

from seriatim.derive._local_days import local_day
from seriatim.plans.plan import Plan
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.published import Published

# The libraries whose version could change a number or how it is drawn.
LIBRARIES = ("numpy", "scipy", "polars", "duckdb", "narwhals", "altair", "vl-convert-python")


def provenance_of(series: TreatmentSeries, plan: Plan, command: str) -> Mapping[str, str]:
    """Label and value, in the order printed."""
    source = series.provenance
    entries = {
        "Source": source.source,
        "Reader": source.reader,
        "Content of the series (SHA-256)": source.content_hash,
        "Data cut": f"{local_day(source.data_cut, source.zone)}" if source.data_cut else "not known",
        "Time zone": source.zone,
        "Plan (SHA-256)": plan_hash(plan),
        "Engine": series.engine,
    }
    return entries | _versions() | _command(command)


def provenance_of_published(published: Published, plan: Plan, command: str) -> Mapping[str, str]:
    """The same for a printed table, which has a source but no patients."""
    entries = {"Source": published.source, "Reader": "published counts", "Plan (SHA-256)": plan_hash(plan)}
    return entries | _versions() | _command(command)


def _versions() -> dict[str, str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {"Seriatim": version("seriatim"), "Libraries": libraries}


def _command(command: str) -> dict[str, str]:
    return {"Command": command} if command else {}


def plan_hash(plan: Plan) -> str:
    """SHA-256 of the plan as understood, so that comments and layout do not change it."""
    return hashlib.sha256(plan.model_dump_json().encode()).hexdigest()
