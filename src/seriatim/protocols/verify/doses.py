"""Is the dose of every plausible patient inside its hard limits, near enough to what was worked out, and countable?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.exact import product, quotient
from seriatim.protocols.dosing.extremes import largest_dose, smallest_dose
from seriatim.protocols.dosing.final_amount import rounding_step
from seriatim.protocols.dosing.quantity import Quantity, plain, split_size
from seriatim.protocols.dosing.vials import vials_needed
from seriatim.protocols.dosing.words import dose_words
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify.finding import Gravity, VerifierFinding

DAY = 24 * 60 * 60
GRID_KG = Decimal("0.1")


def doses(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """For each drug: the extremes over every plausible patient against the limits, the bound of the rounding, the
    vials.

    The extremes are exact, not the worst of a sample: no step of the calculation falls as weight or height rise. A
    limit that is passed refuses the dose; what is found here is who would be refused.
    """
    for drug, rule in protocol.document.dose.items():
        yield from _limits(protocol, drug, rule)
        yield from _rounding(drug, rule)
        yield from _vials(drug, rule)


def rounding_bound_percent(rule: DoseRule) -> Decimal | None:
    """By how many percent rounding can change a dose at most, whoever the patient is; None where nothing is rounded
    or the smallest dose is nothing."""
    step, least = rounding_step(rule), _smallest_exact(rule)
    if rule.round is None or step is None or least == 0:
        return None
    furthest = step if rule.round.mode in ("down", "up") else product(step, Decimal("0.5"))
    return quotient(product(furthest, Decimal(100)), least)


def vials_by_label(rule: DoseRule) -> tuple[int, int]:
    """Of how many weights, to a tenth of a kilogram, the label's content would open too few vials; and of how many.

    Nought of nought where the dose is not by the kilogram.
    """
    stock = rule.product
    if stock is None or rule.size != "kg" or rule.weight is None or rule.basis.weight == "adjusted":
        return 0, 0
    deliverable, label = (content.to(rule.amount_unit) for content in (stock.deliverable, stock.vial_label))
    low, high = (int(quotient(end.to("kg"), GRID_KG)) for end in rule.weight.plausible)
    exact = [product(rule.per_size, Decimal(tenths), GRID_KG) for tenths in range(low, high + 1)]
    short = [amount for amount in exact if vials_needed(amount, deliverable) > vials_needed(amount, label)]
    return len(short), len(exact)


def _limits(protocol: TreatmentProtocol, drug: str, rule: DoseRule) -> Iterator[VerifierFinding]:
    largest, limits = largest_dose(rule), rule.hard_limits
    if smallest_dose(rule).value == 0:
        yield _finding(
            Gravity.CHOOSE, f"The dose of {drug} for the smallest patients rounds to nothing.", "a finer step"
        )
    yield from _against(drug, rule, "one dose", limits.per_dose, 1, largest)
    regimen = protocol.document.regimen
    if regimen is None or regimen.cycle.drug != drug:
        return
    most = regimen.cycle.max_doses
    a_day = -(-DAY // max(1, seconds(regimen.cycle.window.min_gap)))
    yield from _against(drug, rule, f"{a_day} doses in 24 hours", limits.per_day, a_day, largest)
    yield from _against(drug, rule, f"{most} doses in a cycle", limits.per_cycle, most, largest)
    if limits.per_cycle_doses is None:
        sentence = f"No hard limit bounds the doses of {drug} in a cycle; the regimen plans {most}."
        yield _finding(Gravity.CHOOSE, sentence, "declare hard_limits.per_cycle_doses")
    elif limits.per_cycle_doses != most:
        sentence = f"The regimen plans {most} doses of {drug} in a cycle, the hard limit is {limits.per_cycle_doses}."
        yield _finding(Gravity.CHOOSE, sentence, "make the two agree, or say why they differ")


def _against(
    drug: str, rule: DoseRule, what: str, limit: Quantity | None, doses_counted: int, largest: Quantity
) -> Iterator[VerifierFinding]:
    """The largest that these doses can come to, against a limit in the same terms."""
    if limit is None:
        return
    by_size = split_size(limit.unit)[1]
    one = rule.per_size if by_size else largest.value
    asked = Quantity(product(one, Decimal(doses_counted)), f"{rule.amount_unit}/{by_size}" if by_size else largest.unit)
    if asked.value > limit.to(asked.unit):
        sentence = (
            f"{what.capitalize()} of {drug} can come to {dose_words(asked)} for a plausible patient, "
            f"above the hard limit of {dose_words(limit)}: such a dose is refused."
        )
        witness = f"a patient at the upper end of the plausible range: {dose_words(asked)}"
        yield _finding(Gravity.CHOOSE, sentence, "raise the limit, cap the weight, or narrow the range", witness)


def _rounding(drug: str, rule: DoseRule) -> Iterator[VerifierFinding]:
    bound = rounding_bound_percent(rule)
    if bound is None or rule.round is None:
        return
    allowed = rule.round.max_deviation.to("%")
    told = plain(bound.quantize(Decimal("0.01")))
    if bound > allowed:
        sentence = (
            f"Rounding {drug} to {rule.round.to} can change the dose of the smallest patient by up to {told} percent, "
            f"above the {plain(allowed)} percent allowed: some doses are refused."
        )
        yield _finding(Gravity.CHOOSE, sentence, "round to a finer step, or allow more")
    else:
        sentence = f"Rounding {drug} to {rule.round.to} changes no dose by more than {told} percent."
        yield _finding(Gravity.KNOW, sentence, f"nothing to do: {plain(allowed)} percent is allowed")


def _vials(drug: str, rule: DoseRule) -> Iterator[VerifierFinding]:
    if rule.product is None:
        return
    content, unit = rule.product.deliverable.to(rule.amount_unit), rule.amount_unit
    counts = [vials_needed(dose.to(unit), content) for dose in (smallest_dose(rule), largest_dose(rule))]
    short, of = vials_by_label(rule)
    sentence = f"A dose of {drug} takes {counts[0]} to {counts[1]} vials, counted on what can be drawn from each."
    if short:
        sentence += f" By the content on the label it would be too few for {short} of {of} weights in steps of 0.1 kg."
    yield _finding(Gravity.KNOW, sentence, "see that the pharmacy counts likewise")


def _smallest_exact(rule: DoseRule) -> Decimal:
    return smallest_dose(rule.model_copy(update={"round": None})).value


def _finding(gravity: Gravity, sentence: str, choose: str, witness: str = "") -> VerifierFinding:
    return VerifierFinding("dose", gravity, (), sentence, choose, witness)
