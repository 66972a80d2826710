"""Is whatever a protocol rests on a source that it names, and is what nobody checked told apart?"""

from __future__ import annotations

import pytest

from seriatim.errors import InvalidDocument, Misuse
from seriatim.protocols.load import load_protocol

DOSE = """
schema: seriatim.protocol/1
id: small
version: 1.0.0
title: Small
sources: {paper: {cite: A paper}}
dose:
  drug:
    basis: {amount: 3 mg}
    modifications: none_allowed
    hard_limits: {per_dose: 3 mg, source: {ref: LIMITS, at: p2}}
    source: {ref: paper, at: p1}
    evidence: EVIDENCE
"""


def test_a_source_of_the_dose_that_is_not_declared_is_a_fault_with_its_line():
    text = DOSE.replace("LIMITS", "minutes").replace("EVIDENCE", "V")
    with pytest.raises(InvalidDocument, match=r'line 11, dose.drug.hard_limits.source.ref: found the source "minutes"'):
        load_protocol(text)


def test_a_dose_from_memory_makes_its_protocol_unverified():
    text = DOSE.replace("LIMITS", "paper")
    assert load_protocol(text.replace("EVIDENCE", "V")).unverified == ()
    with pytest.raises(Misuse, match=r"unverified \(dose.drug\)"):
        load_protocol(text.replace("EVIDENCE", "M"))
