"""What is asked of a decision? A file with the patient's moment, the doses before it, and what is charted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from seriatim.documents import Document
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.moment import DoseStatus
from seriatim.protocols.bedside.observations import Status

SCHEMA = "seriatim.decision-request/1"


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | float) else value


# YAML numbers pass through binary floats; their shortest decimal text is what was written.
ValueText = Annotated[str | None, BeforeValidator(_as_text)]


class ChartedValue(Document):
    """One value as it stands in the chart. Times are `2026-03-02 05:58` by the ward's clock, or with an offset."""

    code: str
    value: ValueText = None
    unit: str | None = None
    at: str
    recorded: str | None = Field(default=None, description="when it became known; without it, with the value's time")
    status: Status = "final"
    record: str = Field(default="", description="what finds it again; a later version of it has the same")
    patient: str | None = Field(default=None, description="where the source says whose it is")


class DoseBefore(Document):
    """One planned dose before this one, and what became of it. Course and cycle are those of the request."""

    at: str = Field(description="when it was planned")
    status: DoseStatus
    started: str | None = None
    ended: str | None = None
    course: int | None = Field(default=None, ge=1)
    cycle: int | None = Field(default=None, ge=1)


class WaiverStated(Document):
    """A criterion set aside: which, by which role, when, until when, and why."""

    criterion: str
    role: str
    at: str
    reason: str
    until: str | None = None


class ConsentStated(Document):
    """When the patient consented."""

    given: str
    until: str | None = None
    withdrawn: str | None = None


class ScreeningAsked(Document):
    """Ask the criteria of screening as well, with these waivers and this consent."""

    consent: ConsentStated | None = None
    waivers: tuple[WaiverStated, ...] = ()


class BeforeStated(Document):
    """What the beginning of a course asks of the course before."""

    discharge: str | None = None
    requirement_met: bool | None = Field(default=None, description="a person's answer to what the protocol requires")


class DecisionRequest(Document):
    """The whole file. `due` is the planned time of this dose; without it the timing is not checked."""

    patient: str
    course: int = Field(default=1, ge=1)
    cycle: int = Field(default=1, ge=1)
    at: str = Field(description="the time of the decision")
    known_at: str | None = Field(default=None, description="count what was recorded by then, not by the decision")
    zone: str | None = Field(default=None, description="the zone of clock times without an offset")
    due: str | None = None
    past: tuple[DoseBefore, ...] | None = Field(
        default=None, description="doses before this one, oldest first; [] where there was none"
    )
    before: BeforeStated = BeforeStated()
    open_holds: dict[str, Literal["true", "unknown"]] = Field(
        default_factory=dict, description="carry.open_holds of the last record of this cycle"
    )
    in_force: Action = Field(default=Action.GIVE, description="carry.in_force of the last record")
    observations: tuple[ChartedValue, ...] = ()
    screening: ScreeningAsked | None = None
