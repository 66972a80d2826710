"""Is a protocol that was written as a file read as the same one?"""

import pytest

from seriatim.protocols.load import library, load_protocol, read_protocol
from seriatim.protocols.versions.overlay import apply_overlays
from seriatim.protocols.versions.overlay_document import load_overlay
from seriatim.protocols.versions.written import protocol_text


@pytest.mark.parametrize("name", library())
def test_every_protocol_of_the_library_is_the_same_after_its_file(name):
    protocol = read_protocol(name, unverified=True)
    again = load_protocol(protocol_text(protocol), unverified=True)
    assert again.document == protocol.document
    assert again.sha256 == protocol.sha256


def test_a_protocol_under_an_overlay_keeps_its_name_and_the_record_of_the_overlay():
    base = read_protocol("community-2015")
    overlay = load_overlay(f"""
schema: seriatim.protocol-overlay/1
id: site
version: 1.0.0
title: Local
base: {{id: community-2015, version: 1.0.0, sha256: {base.sha256}}}
direction: tightening
operations:
  - op: tighten
    rule: renal.creatinine.abs
    from: 3 mg/dL
    to: 2.9 mg/dL
    because: The print leaves 2.9 to 3.0 open.
    source: {{ref: springerplus_2015, at: row renal}}
""")
    merged = apply_overlays(base, [overlay])
    again = load_protocol(protocol_text(merged))
    assert again.name == "community-2015@1.0.0+site@1.0.0"
    assert again.sha256 == merged.sha256
