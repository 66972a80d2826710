"""Into which groups is the series cut? Blocks of cases, equal groups, calendar eras or practice periods."""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import Field, model_validator

from seriatim.documents import Document


class Blocks(Document):
    """Blocks of `size` consecutive cases. A remainder under half a block joins the last block, else stands alone."""

    by: Literal["blocks"]
    size: int = Field(gt=0)


class EqualGroups(Document):
    """`groups` consecutive groups whose sizes differ by at most one case, the larger ones last."""

    by: Literal["equal groups"]
    groups: int = Field(gt=1)


class Eras(Document):
    """Calendar eras: each `start` opens one; cases before the first start belong to the era before it."""

    by: Literal["eras"]
    starts: tuple[date, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascending(self) -> Eras:
        if list(self.starts) != sorted(set(self.starts)):
            raise ValueError("dates in ascending order, each once")
        return self


class PracticePeriods(Document):
    """Periods cut at the dated practice changes of the series, optionally of one domain only.

    A change cuts the cases of every site, whatever its `site` says, and the report says so: where sites changed at
    different times, review each site's own tables.
    """

    by: Literal["practice periods"]
    domain: Literal["screen", "conditions", "terminate"] | None = None


class Levels(Document):
    """The levels of one patient column, such as the arms of a trial, in the order given: not consecutive groups."""

    by: Literal["levels"]
    column: str
    levels: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Levels:
        if len(set(self.levels)) < len(self.levels):
            raise ValueError("each level once")
        return self


Grouping = Annotated[Blocks | EqualGroups | Eras | PracticePeriods | Levels, Field(discriminator="by")]

# What the labels mean at another site: dates and declared levels are shared, a site's own order is not.
ALIGNMENT = {
    "blocks": "site order",
    "equal groups": "site order",
    "eras": "calendar",
    "practice periods": "calendar",
    "levels": "calendar",
}


def block_ends(n: int, grouping: Blocks | EqualGroups) -> tuple[int, ...]:
    """The last case number of each group, for n cases.

    1241 cases in blocks of 155 are eight groups, the last of 156, not nine with a group of one:

    >>> block_ends(1241, Blocks(by="blocks", size=155))[-2:]
    (1085, 1241)
    >>> block_ends(10, EqualGroups(by="equal groups", groups=3))
    (3, 6, 10)
    """
    if isinstance(grouping, EqualGroups):
        return _equal_ends(n, min(grouping.groups, n))
    whole, rest = divmod(n, grouping.size)
    ends = [grouping.size * (i + 1) for i in range(whole)]
    if rest * 2 >= grouping.size or not ends:
        ends.append(n)
    elif rest:
        ends[-1] = n
    return tuple(ends)


def _equal_ends(n: int, groups: int) -> tuple[int, ...]:
    size, larger = divmod(n, groups) if groups else (0, 0)
    sizes = [size] * (groups - larger) + [size + 1] * larger
    return tuple(accumulate(sizes))
