"""What does a protocol file say about the dose? The `dose:` section, one `DoseRule` a drug."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator

from seriatim.documents import Document, Place
from seriatim.protocols.declared.sources import Citation, Sourced
from seriatim.protocols.dosing.declared_quantities import (
    AnyQuantity,
    Area,
    AreaCap,
    Duration,
    Length,
    Mass,
    Percent,
    Volume,
    Words,
)
from seriatim.protocols.dosing.exact import product
from seriatim.protocols.dosing.legacy_units import legacy_unit_suspected
from seriatim.protocols.dosing.quantity import Quantity, is_amount, is_same_kind, split_size
from seriatim.protocols.dosing.rounding import Mode
from seriatim.protocols.dosing.words import dose_words
from seriatim.vocabulary.ucum import Dimension, unit_of

WeightPolicy = Literal["cycle_baseline_actual", "actual", "adjusted"]


class Basis(Document):
    """The amount: per kg, per square metre or flat; and which weight of the patient is multiplied.

    `cycle_baseline_actual`: the actual weight before the cycle's first dose, for the whole cycle, so that fluid gained
    in a capillary leak cannot raise a dose. `actual`: the newest actual weight. `adjusted`: worked out from the
    cycle's baseline weight by the formula that `weight.adjusted` names.
    """

    amount: AnyQuantity
    weight: WeightPolicy | None = None
    labelled: Literal["high_dose", "low_dose"] | None = None

    @field_validator("amount")
    @classmethod
    def _is_an_amount(cls, amount: Quantity) -> Quantity:
        if not is_amount(split_size(amount.unit)[0]):
            raise ValueError("an amount of medicine per kg, per m2 or flat, such as 720000 [IU-aldesleukin]/kg")
        dose_words(amount)  # what cannot be said in words cannot be ordered: a fault of the file, not of a dose
        return amount

    @model_validator(mode="after")
    def _weight_where_it_counts(self) -> Basis:
        by_size = split_size(self.amount.unit)[1] is not None
        if by_size and self.weight is None:
            raise ValueError("weight: cycle_baseline_actual, actual or adjusted; which weight counts has no default")
        if not by_size and self.weight is not None:
            raise ValueError("no weight: the amount is flat")
        return self

    @model_validator(mode="after")
    def _units_of_today(self) -> Basis:
        reason = legacy_unit_suspected(self.amount, high_dose=self.labelled == "high_dose")
        if reason:
            raise ValueError(f"{reason.expected}; {reason.next_move}")
        return self


class MassRound(Document):
    """To what a weight that was worked out is rounded before it is multiplied."""

    to: Mass
    mode: Mode


class AdjustedWeight(Document):
    """The formula of an adjusted weight, by name; devine_40 is the ideal weight and 40 % of what lies above it."""

    formula: Literal["devine_40"]
    round: MassRound
    source: Citation


class WeightCap(Document):
    """A weight above which no more is given; without one there is none."""

    at: Mass
    source: Citation


class WeightRule(Document):
    """Which weights are believed, how old one may be, and from which change on it is weighed again."""

    plausible: tuple[Mass, Mass]
    confirm_if_change_over: Percent
    max_age: Duration
    adjusted: AdjustedWeight | None = None
    cap: WeightCap | None = None

    @field_validator("plausible")
    @classmethod
    def _ascending(cls, bounds: tuple[Quantity, Quantity]) -> tuple[Quantity, Quantity]:
        return _ascending_bounds(bounds, "kg")


class HeightRule(Document):
    """Which heights are believed."""

    plausible: tuple[Length, Length]

    @field_validator("plausible")
    @classmethod
    def _ascending(cls, bounds: tuple[Quantity, Quantity]) -> tuple[Quantity, Quantity]:
        return _ascending_bounds(bounds, "cm")


class AreaRound(Document):
    """To what a body surface area is rounded before it is multiplied."""

    to: Area
    mode: Mode


class BodySurface(Document):
    """The formula by name, its rounding, and the cap: a number or the word none, never silence."""

    formula: Literal["mosteller", "du_bois"]
    round: AreaRound
    cap: AreaCap
    source: Citation | None = None


class Level(Document):
    """A dose level as a share of the full dose."""

    name: Words
    share: Percent

    @field_validator("share")
    @classmethod
    def _no_more_than_all(cls, share: Quantity) -> Quantity:
        if share.to("%") > 100:
            raise ValueError("a share of the full dose, 100 % at most")
        return share


class Levels(Document):
    """Stepwise reductions, the full dose first; a patient who was reduced stays so unless the file says otherwise."""

    levels: tuple[Level, ...] = Field(min_length=2)
    re_escalation: Literal["not_allowed", "allowed"] = "not_allowed"
    source: Citation | None = None

    @model_validator(mode="after")
    def _descending(self) -> Levels:
        shares = [level.share.to("%") for level in self.levels]
        if shares[0] != 100 or shares != sorted(set(shares), reverse=True):
            raise ValueError("levels that begin with 100 % and descend, each share once")
        if len({level.name for level in self.levels}) < len(self.levels):
            raise ValueError("each name once")
        return self


def _kind_of_modifications(value: Any) -> str:
    return "none_allowed" if isinstance(value, str) else "levels"


Modifications = Annotated[
    Annotated[Literal["none_allowed"], Tag("none_allowed")] | Annotated[Levels, Tag("levels")],
    Discriminator(_kind_of_modifications),
]


class HardLimits(Document):
    """What is never passed. It stands apart from the rules, and no overlay lifts it: `lifted_limits` names each one
    that a changed rule would raise or leave out.

    Each amount is absolute or in the size of the basis (per kg, per m2). `per_day` is any 24 hours, not a calendar
    day, which would let two days' doses fall together at midnight.
    """

    per_dose: AnyQuantity
    per_day: AnyQuantity | None = None
    per_cycle_doses: Annotated[int, Field(strict=True, gt=0)] | None = None
    per_cycle: AnyQuantity | None = None
    lifetime: AnyQuantity | None = None
    source: Citation | None = None

    @property
    def amounts(self) -> dict[str, Quantity]:
        named = {name: getattr(self, name) for name in ("per_dose", "per_day", "per_cycle", "lifetime")}
        return {name: limit for name, limit in named.items() if limit is not None}


class Round(Document):
    """To what the dose is rounded (a volume, an amount or `1 {vial}`), how, and by how much at most."""

    to: AnyQuantity
    mode: Mode
    max_deviation: Percent


class Band(Document):
    """Calculated doses from `at_least` to below `below` are given as `give`."""

    at_least: AnyQuantity
    below: AnyQuantity
    give: AnyQuantity


class Bands(Document):
    """A table of dose bands in place of rounding: without gap or overlap, ascending."""

    table: tuple[Band, ...] = Field(min_length=1)
    max_deviation: Percent
    source: Citation

    @model_validator(mode="after")
    def _one_band_a_dose(self) -> Bands:
        for band in self.table:
            if not is_same_kind(band.at_least.unit, band.below.unit) or not is_same_kind(
                band.below.unit, band.give.unit
            ):
                raise ValueError("bands in the units of one drug")
            if band.at_least.to(band.below.unit) >= band.below.value:
                raise ValueError(f"at_least under below: found {band.at_least} and {band.below}")
        for lower, upper in zip(self.table, self.table[1:], strict=False):
            _joins(lower, upper)
        return self


def _joins(lower: Band, upper: Band) -> None:
    if not is_same_kind(lower.give.unit, upper.give.unit):
        raise ValueError("bands in the units of one drug")
    if lower.below.to(upper.at_least.unit) != upper.at_least.value:
        raise ValueError(f"no gap or overlap: a band ends at {lower.below}, the next begins at {upper.at_least}")
    if lower.give.to(upper.give.unit) >= upper.give.value:
        raise ValueError(f"a larger dose gives more: found {lower.give}, then {upper.give}")


class Product(Document):
    """What stands in the pharmacy. Vials are counted on `deliverable`: the label's content cannot all be drawn up."""

    name: Words | None = None
    vial_label: AnyQuantity
    deliverable: AnyQuantity
    concentration: AnyQuantity
    withdrawable: Volume | None = None
    partial_vials: Literal["discard", "keep"]
    stable_for: Duration
    source: Citation | None = None

    @model_validator(mode="after")
    def _content(self) -> Product:
        if not is_amount(self.vial_label.unit) or not is_same_kind(self.deliverable.unit, self.vial_label.unit):
            raise ValueError("vial_label and deliverable as amounts in the units of one drug")
        if self.deliverable.to(self.vial_label.unit) > self.vial_label.value:
            raise ValueError(f"deliverable of no more than the label's {self.vial_label}: found {self.deliverable}")
        if not is_same_kind(self.concentration.unit, f"{self.vial_label.unit}/mL"):
            raise ValueError(f"concentration in {self.vial_label.unit}/mL: found {self.concentration}")
        for shown in (self.vial_label, self.deliverable, self.concentration):
            dose_words(shown)
        return self

    @model_validator(mode="after")
    def _volume_and_content_agree(self) -> Product:
        if self.withdrawable is None:
            return self
        amount = self.vial_label.unit
        drawn = product(self.withdrawable.to("mL"), self.concentration.to(f"{amount}/mL"))
        if drawn != self.deliverable.to(amount):
            raise ValueError(f"deliverable = withdrawable x concentration: found {self.deliverable}, not {drawn}")
        return self


class Diluent(Document):
    """What the dose is diluted in and run through; `volume_is` says whether the dose's own volume comes on top."""

    allow: tuple[Words, ...] = Field(min_length=1)
    volume: Volume
    infuse_over: Duration
    do_not_mix: tuple[Words, ...] = ()
    volume_is: Literal["added_to", "final"] | None = None
    final_concentration: tuple[AnyQuantity, AnyQuantity] | None = None
    filter: Words | None = None
    line: Words | None = None
    source: Citation | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Diluent:
        both = set(self.allow) & set(self.do_not_mix)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} either allowed or not to be mixed with")
        if self.final_concentration and self.volume_is is None:
            raise ValueError("volume_is: added_to or final, where a concentration is checked")
        return self


class Conversion(Document):
    """The one factor between two kinds of unit of one drug, such as 16360000 [IU-aldesleukin]/mg, with its source."""

    factor: AnyQuantity
    source: Citation

    @field_validator("factor")
    @classmethod
    def _between_two_amounts(cls, factor: Quantity) -> Quantity:
        over, _, under = factor.unit.rpartition("/")
        if not over or not is_amount(over) or not is_amount(under) or is_same_kind(over, under):
            raise ValueError("a factor between two kinds of amount, such as 16360000 [IU-aldesleukin]/mg")
        return factor

    @property
    def units(self) -> tuple[str, str]:
        """The unit above the solidus and the one below it."""
        over, _, under = self.factor.unit.rpartition("/")
        return over, under

    @property
    def between(self) -> tuple[Dimension, Dimension]:
        """The two kinds of amount that the factor joins."""
        over, under = self.units
        return unit_of(over).dimension, unit_of(under).dimension


class DoseRule(Sourced):
    """How the dose of one drug is worked out.

    >>> rule = DoseRule.model_validate({
    ...     "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "cycle_baseline_actual"},
    ...     "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
    ...     "modifications": "none_allowed",
    ...     "hard_limits": {"per_dose": "180 M[IU-aldesleukin]", "per_cycle_doses": 15},
    ...     "source": {"ref": "il2_1998", "at": "abstract"}})
    >>> rule.amount_unit, rule.size
    ('[IU-aldesleukin]', 'kg')
    """

    basis: Basis
    weight: WeightRule | None = None
    height: HeightRule | None = None
    body_surface: BodySurface | None = None
    modifications: Modifications
    hard_limits: HardLimits
    round: Round | None = None
    bands: Bands | None = None
    product: Product | None = None
    diluent: Diluent | None = None
    conversions: tuple[Conversion, ...] = ()

    @property
    def amount_unit(self) -> str:
        """The unit in which amounts are worked out: that of the basis."""
        return split_size(self.basis.amount.unit)[0]

    @property
    def size(self) -> str | None:
        """`kg`, `m2`, or None for a flat dose."""
        return split_size(self.basis.amount.unit)[1]

    @property
    def needs_height(self) -> bool:
        """Whether a formula takes the patient's height."""
        return self.size == "m2" or self.basis.weight == "adjusted"

    @property
    def per_size(self) -> Decimal:
        """The full amount per kg or m2, or the flat amount, in `amount_unit`."""
        return self.basis.amount.to(f"{self.amount_unit}/{self.size}" if self.size else self.amount_unit)

    @field_validator("hard_limits")
    @classmethod
    def _limits_of_this_drug(cls, limits: HardLimits, info: ValidationInfo) -> HardLimits:
        basis = info.data.get("basis")
        if basis is not None:
            wrong = [f"{name} {limit}" for name, limit in limits.amounts.items() if not _fits(limit, basis.amount)]
            if wrong:
                raise ValueError(f"limits in the units of {basis.amount.unit}, whole or by size: {', '.join(wrong)}")
        return limits

    @field_validator("product")
    @classmethod
    def _product_of_this_drug(cls, product: Product | None, info: ValidationInfo) -> Product | None:
        basis = info.data.get("basis")
        if product and basis and not is_same_kind(product.vial_label.unit, split_size(basis.amount.unit)[0]):
            raise ValueError(
                f"a product in the units of {basis.amount.unit}: found {product.vial_label};"
                " units and milligrams of a drug do not convert"
            )
        return product

    @field_validator("bands")
    @classmethod
    def _bands_of_this_drug(cls, bands: Bands | None, info: ValidationInfo) -> Bands | None:
        basis = info.data.get("basis")
        if bands and basis and not is_same_kind(bands.table[0].give.unit, split_size(basis.amount.unit)[0]):
            raise ValueError(f"bands in the units of {basis.amount.unit}: found {bands.table[0].give}")
        return bands

    @field_validator("conversions")
    @classmethod
    def _one_factor_a_pair(cls, conversions: tuple[Conversion, ...]) -> tuple[Conversion, ...]:
        pairs = [frozenset(conversion.between) for conversion in conversions]
        if len(set(pairs)) < len(pairs):
            raise ValueError("one factor between two units: label figures are rounded apart and do not chain")
        return conversions

    @model_validator(mode="after")
    def _sections_that_the_basis_needs(self) -> DoseRule:
        needed = {
            "weight": self.size is not None,
            "body_surface": self.size == "m2",
            "height": self.needs_height,
        }
        missing = [name for name, is_needed in needed.items() if is_needed and getattr(self, name) is None]
        if missing:
            raise ValueError(f"the section {' and '.join(missing)}, which {self.basis.amount} is worked out with")
        if self.basis.weight == "adjusted" and self.weight and self.weight.adjusted is None:
            raise ValueError("weight.adjusted with a formula and its source: there is no default formula")
        return self

    @model_validator(mode="after")
    def _no_section_that_does_nothing(self) -> DoseRule:
        """A cap on a body surface that nobody multiplies would be believed to hold."""
        idle = {
            "body_surface": self.body_surface is not None and self.size != "m2",
            "weight": self.weight is not None and self.size is None,
            "weight.adjusted": self.basis.weight != "adjusted" and bool(self.weight and self.weight.adjusted),
        }
        for name in (name for name, is_idle in idle.items() if is_idle):
            raise ValueError(f"no {name}: {self.basis.amount} with the weight {self.basis.weight} does not use it")
        return self

    @model_validator(mode="after")
    def _rounding_that_can_be_done(self) -> DoseRule:
        if self.round and self.bands:
            raise ValueError("round or bands, not both")
        if self.round and not is_same_kind(self.round.to.unit, self.amount_unit):
            by_volume = is_same_kind(self.round.to.unit, "mL")
            if not by_volume and self.round.to.unit != "{vial}":
                raise ValueError(f"round.to a volume, an amount in {self.amount_unit} or {{vial}}: {self.round.to}")
            if self.product is None:
                raise ValueError(f"the section product, which rounding to {self.round.to} needs")
        return self

    @model_validator(mode="after")
    def _concentration_of_this_drug(self) -> DoseRule:
        for bound in (self.diluent and self.diluent.final_concentration) or ():
            if not is_same_kind(bound.unit, f"{self.amount_unit}/mL"):
                raise ValueError(f"diluent.final_concentration in {self.amount_unit}/mL: found {bound}")
            if self.product is None:
                raise ValueError("the section product, whose volume the final concentration needs")
        return self


def _fits(limit: Quantity, basis: Quantity) -> bool:
    """Whether a limit is in the units of the drug, and whole or by the same size as the basis."""
    amount, size = split_size(limit.unit)
    basis_amount, basis_size = split_size(basis.unit)
    return is_same_kind(amount, basis_amount) and size in (None, basis_size)


def _ascending_bounds(bounds: tuple[Quantity, Quantity], unit: str) -> tuple[Quantity, Quantity]:
    if bounds[0].to(unit) >= bounds[1].to(unit):
        raise ValueError(f"the smaller bound first: found {bounds[0]} and {bounds[1]}")
    return bounds


def citations(rule: DoseRule) -> Iterator[tuple[Place, Citation]]:
    """Every source that a dose rule names, with its place in the rule, so that each can be looked up.

    >>> rule = DoseRule.model_validate({"basis": {"amount": "3 mg"}, "modifications": "none_allowed",
    ...     "hard_limits": {"per_dose": "3 mg"}, "source": {"ref": "label", "at": "2.1"}})
    >>> [(place, source.ref) for place, source in citations(rule)]
    [(('source',), 'label')]
    """
    return _citations(rule, ())


def _citations(part: Any, place: Place) -> Iterator[tuple[Place, Citation]]:
    if isinstance(part, Citation):
        yield place, part
    elif isinstance(part, Document):
        for name in type(part).model_fields:
            yield from _citations(getattr(part, name), (*place, name))
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _citations(item, (*place, index))
