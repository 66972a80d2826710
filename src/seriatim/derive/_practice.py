"""On which local days did practice change, and how?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import narwhals.stable.v2 as nw

from seriatim.derive._local_days import day_begins, local_day
from seriatim.engines.choose import collect
from seriatim.series.series import TreatmentSeries

_COLUMNS = ("changed_earliest", "domain", "description")


@dataclass(frozen=True, order=True)
class Change:
    """One change of practice: its local day, the first instant of that day in UTC, domain and description."""

    day: date
    begins: datetime
    domain: str
    description: str

    @property
    def label(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.domain}: {self.description}"


def practice_changes(series: TreatmentSeries) -> tuple[Change, ...]:
    """Each change once, in order of its day; practice changes with a day, whatever the hour that is written."""
    if not series.has("practice_change"):
        return ()
    dated = series.tables["practice_change"].filter(~nw.col("changed_earliest").is_null())
    rows = collect(dated.select(*_COLUMNS), _COLUMNS).rows()
    zone = series.provenance.zone
    days = {(local_day(changed, zone), domain, description) for changed, domain, description in rows}
    return tuple(Change(day, day_begins(day, zone), domain, description) for day, domain, description in sorted(days))
