"""May this be hung? What was prepared, against what the protocol declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from seriatim.protocols.dosing.declared import Diluent, DoseRule, Product
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.moments import duration, elapsed, hours_words, must_have_zone
from seriatim.protocols.dosing.refusal import Reason


@dataclass(frozen=True, slots=True)
class OpenedVial:
    """One vial that went into the dose."""

    lot: str
    expires: date


@dataclass(frozen=True, slots=True)
class Prepared:
    """What lies ready: product (with salt or brand), diluent, filter and line as used, when, and from which vials."""

    prepared_at: datetime
    vials: tuple[OpenedVial, ...]
    product: str | None = None
    diluent: str | None = None
    filter: str | None = None
    line: str | None = None

    def __post_init__(self) -> None:
        must_have_zone(self.prepared_at, "the time of preparation")


def preparation_reasons(rule: DoseRule, dose: Dose, prepared: Prepared, planned: datetime) -> tuple[Reason, ...]:
    """Why what was prepared may not be given at the planned time: each reason; none where it may.

    Raises `Misuse` for a planned time without zone.
    """
    must_have_zone(planned, "the planned time")
    reasons: list[Reason] = []
    if rule.product:
        reasons += [*_product(rule.product, prepared), *_vials(dose, prepared, planned)]
        reasons += _stability(rule.product, rule.diluent, prepared, planned)
    if rule.diluent:
        reasons += _diluent(rule.diluent, prepared)
    return tuple(reasons)


def _product(stock: Product, prepared: Prepared) -> Iterable[Reason]:
    if stock.name is not None and prepared.product != stock.name:
        yield Reason(
            "preparation.product",
            f"the product {prepared.product or 'not named'}",
            stock.name,
            "another salt, brand or biosimilar needs a protocol of its own: prepare it anew or ask a pharmacist",
        )


def _vials(dose: Dose, prepared: Prepared, planned: datetime) -> Iterable[Reason]:
    needed = dose.vials.count if dose.vials else 0
    if len(prepared.vials) != needed:
        found = f"{len(prepared.vials)} vials with a lot number"
        yield Reason("preparation.vials", found, f"{needed}", "record each vial that was opened, and check the dose")
    if any(not vial.lot.strip() for vial in prepared.vials):
        yield Reason("preparation.lot", "a vial without lot number", "one for each vial", "read it from the vial")
    expired = [vial for vial in prepared.vials if vial.expires < planned.date()]
    for vial in expired:
        found = f"lot {vial.lot}, expired on {vial.expires.isoformat()}"
        yield Reason("preparation.expired", found, "vials that last to the dose", "discard it and prepare anew")


def _stability(stock: Product, diluent: Diluent | None, prepared: Prepared, planned: datetime) -> Iterable[Reason]:
    age = elapsed(prepared.prepared_at, planned)
    if age.total_seconds() < 0:
        yield Reason("preparation.future", "a preparation after the dose", "one before it", "check the times")
        return
    # The last drop must be in while it is stable, so the infusion's own time counts.
    infused = age + duration(diluent.infuse_over) if diluent else age
    if infused > duration(stock.stable_for):
        yield Reason(
            "preparation.stable",
            f"an infusion that ends {hours_words(infused)} after preparation",
            f"the end within {stock.stable_for}",
            "discard it and prepare anew",
        )


def _diluent(declared: Diluent, prepared: Prepared) -> Iterable[Reason]:
    allowed = " or ".join(declared.allow)
    if prepared.diluent is None or prepared.diluent not in declared.allow:
        never = " (it must not be mixed with this drug)" if prepared.diluent in declared.do_not_mix else ""
        found = f"the diluent {prepared.diluent or 'not named'}{never}"
        yield Reason("preparation.diluent", found, allowed, "discard it and prepare anew")
    for name, wanted, used in (
        ("filter", declared.filter, prepared.filter),
        ("line", declared.line, prepared.line),
    ):
        if wanted is not None and used != wanted:
            found = f"the {name} {used or 'not named'}"
            yield Reason(f"preparation.{name}", found, wanted, f"use the {name} that the protocol declares")
