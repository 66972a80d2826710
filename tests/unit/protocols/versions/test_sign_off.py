"""When is a protocol signed, and what voids it?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from seriatim.documents import load_document
from seriatim.errors import InvalidDocument, Misuse, Refused
from seriatim.protocols.load import load_protocol
from seriatim.protocols.versions.overlay import apply_overlays
from seriatim.protocols.versions.overlay_document import load_overlay
from seriatim.protocols.versions.seal import is_sealed_by, read_key, sealed
from seriatim.protocols.versions.sign_off import is_signed, roles_required, sign
from seriatim.protocols.versions.sign_off_document import SCHEMA, Accepted, SignOff, read_sign_off, sign_off_text

TEXT = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: Interleukin-2
status: approved
sources: {table: {cite: a table}}
variables:
  creatinine:
    {type: quantity, text: creatinine, unit: mg/dL, codes: [a], resolution: 0.1, plausible: [0.1, 30], worse: up}
before_dose:
  - {id: renal, text: renal, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: table, at: row 2}}
roles_to_sign: [physician, pharmacist]
"""
PROTOCOL = load_protocol(TEXT)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
KEY = b"0123456789abcdef0123456789abcdef"


def signed(role, by, *, protocol=PROTOCOL, until=date(2027, 3, 1), at=NOON, accepted=()):
    return sign(protocol, role=role, by=by, at=at, valid_until=until, accepted=accepted)


def both(**changes):
    return [signed("physician", "id-1", **changes), signed("pharmacist", "id-2", **changes)]


def test_a_protocol_is_signed_when_every_role_signed_its_content():
    answer = is_signed(PROTOCOL, both(), TODAY)
    assert answer.is_signed
    assert answer.words == "Signed, until 2027-03-01."


def test_a_missing_role_is_named():
    assert is_signed(PROTOCOL, [signed("physician", "id-1")], TODAY).reasons == ("nobody signed as pharmacist",)
    assert is_signed(PROTOCOL, [], TODAY).reasons == ("nobody signed as physician", "nobody signed as pharmacist")


def test_any_change_of_the_content_voids_every_sign_off():
    changed = load_protocol(TEXT.replace("'3 mg/dL'", "'3.1 mg/dL'"))
    reasons = is_signed(changed, both(), TODAY).reasons
    assert len(reasons) == 2
    assert reasons[0].startswith(f"physician signed another content (il2@1.0.0 {PROTOCOL.sha256[:12]})")


def test_a_changed_word_or_citation_voids_it_too_but_a_comment_does_not():
    assert not is_signed(load_protocol(TEXT.replace("text: renal", "text: kidney")), both(), TODAY)
    assert is_signed(load_protocol("# a comment\n" + TEXT.strip()), both(), TODAY)


def test_an_expired_or_a_future_sign_off_does_not_count():
    assert is_signed(PROTOCOL, both(), date(2027, 3, 1)).is_signed
    assert is_signed(PROTOCOL, both(), date(2027, 3, 2)).reasons == (
        "the sign-off of physician by id-1 ended on 2027-03-01",
        "the sign-off of pharmacist by id-2 ended on 2027-03-01",
    )
    assert "is dated 2026-03-02, after this day" in is_signed(PROTOCOL, both(), date(2026, 3, 1)).reasons[0]


def test_an_expired_sign_off_does_not_spoil_a_renewed_one():
    renewed = [*both(until=date(2026, 3, 5)), *both()]
    assert is_signed(PROTOCOL, renewed, TODAY).is_signed


def test_one_person_cannot_sign_in_two_roles():
    answer = is_signed(PROTOCOL, [signed("physician", "id-1"), signed("pharmacist", "id-1")], TODAY)
    assert answer.reasons == ("pharmacist was signed by id-1, who counts in another role: two persons are needed",)


def test_a_person_who_signed_in_two_roles_counts_in_the_one_that_nobody_else_fills():
    signatures = [signed("physician", "id-1"), signed("physician", "id-2"), signed("pharmacist", "id-1")]
    assert is_signed(PROTOCOL, signatures, TODAY).is_signed


def test_a_draft_and_a_retired_protocol_are_not_signed():
    for status in ("draft", "retired"):
        other = load_protocol(TEXT.replace("status: approved", f"status: {status}"))
        assert is_signed(other, both(), TODAY).reasons == (f"its status is {status}",)


UNVERIFIED = TEXT.replace("source: {ref: table, at: row 2}", "evidence: M, source: {ref: table, at: row 2}")


def test_an_unverified_protocol_cannot_be_signed():
    unverified = load_protocol(UNVERIFIED, unverified=True)
    with pytest.raises(Refused, match=r"unverified parts \(renal\)"):
        signed("physician", "id-1", protocol=unverified)
    to = {"sha256": unverified.sha256}
    forged = [one.model_copy(update={"protocol": one.protocol.model_copy(update=to)}) for one in both()]
    assert is_signed(unverified, forged, TODAY).reasons == ("1 part is unverified (renal)",)


def test_a_role_that_nobody_asks_for_and_a_retired_protocol_are_refused():
    with pytest.raises(Misuse, match="asks for no nurse; it asks for physician, pharmacist"):
        signed("nurse", "id-1")
    with pytest.raises(Refused, match="retired"):
        signed("physician", "id-1", protocol=load_protocol(TEXT.replace("status: approved", "status: retired")))


def merged(direction, operation):
    overlay = load_overlay(f"""
schema: seriatim.protocol-overlay/1
id: site
version: 1.0.0
title: Local
base: {{id: il2, version: 1.0.0, sha256: {PROTOCOL.sha256}}}
direction: {direction}
operations:
  - {{{operation}}}
""")
    return apply_overlays(PROTOCOL, [overlay])


TIGHTER = "op: tighten, rule: renal, from: 3 mg/dL, to: 2.8 mg/dL, because: a, source: {ref: table, at: b}"
LOOSER = "op: set, rule: renal, field: then, to: hold_dose, because: a, source: {ref: table, at: b}"


def test_a_loosening_overlay_needs_the_site_lead_and_a_tightening_one_does_not():
    assert roles_required(merged("tightening", TIGHTER)) == ("physician", "pharmacist")
    assert roles_required(merged("loosening", LOOSER)) == ("physician", "pharmacist", "site_lead")


def test_the_roles_that_agreed_to_leave_a_rule_out_sign_too():
    left_out = merged("loosening", "op: disable, rule: renal, because: a, roles: [nurse, ethics]")
    assert roles_required(left_out) == ("physician", "pharmacist", "ethics", "nurse", "site_lead")


def test_the_signature_of_the_base_is_none_of_the_overlaid_protocol():
    assert not is_signed(merged("tightening", TIGHTER), both(), TODAY)


@dataclass
class Finding:
    check: str
    rules: tuple[str, ...]
    sentence: str


GAP = Finding("gaps", ("renal",), "No rule covers creatinine between 2.9 and 3 mg/dL.")


def test_a_finding_of_the_verifier_must_have_been_accepted_by_somebody():
    accepted = Accepted(
        check="gaps", rules=("renal",), sentence=GAP.sentence, because="The laboratory has one decimal."
    )
    assert is_signed(PROTOCOL, both(), TODAY, to_accept=[GAP]).reasons == (
        "nobody accepted: No rule covers creatinine between 2.9 and 3 mg/dL",
    )
    assert is_signed(PROTOCOL, both(accepted=[accepted]), TODAY, to_accept=[GAP]).is_signed


def test_a_sign_off_is_the_same_after_its_file(tmp_path):
    accepted = Accepted(check="gaps", rules=("renal",), sentence=GAP.sentence, because="One decimal.")
    one = sealed(signed("physician", "id-1", accepted=[accepted]), KEY, key_name="ward-2026")
    file = tmp_path / "physician.yaml"
    file.write_text(sign_off_text(one), encoding="utf-8")
    assert file.read_text(encoding="utf-8").startswith("schema: seriatim.sign-off/1\n")
    assert read_sign_off(file) == one
    assert is_sealed_by(read_sign_off(file), KEY)


def test_a_seal_breaks_with_any_change_and_fits_no_other_key():
    one = sealed(signed("physician", "id-1"), KEY, key_name="ward")
    assert is_sealed_by(one, KEY)
    assert not is_sealed_by(one, KEY[::-1])
    for change in ({"by": "id-2"}, {"role": "pharmacist"}, {"valid_until": date(2030, 1, 1)}, {"statement": "x"}):
        assert not is_sealed_by(one.model_copy(update=change), KEY)
    assert not is_sealed_by(one.model_copy(update={"seal": one.seal.model_copy(update={"key": "other"})}), KEY)
    assert not is_sealed_by(signed("physician", "id-1"), KEY)


def test_where_keys_are_asked_for_an_unsealed_or_wrongly_sealed_sign_off_counts_for_nothing():
    good = [sealed(one, KEY, key_name="ward") for one in both()]
    assert is_signed(PROTOCOL, good, TODAY, keys={"ward": KEY}).is_signed
    changed = [good[0].model_copy(update={"by": "id-9"}), both()[1]]
    assert is_signed(PROTOCOL, changed, TODAY, keys={"ward": KEY}).reasons == (
        "the sign-off of physician by id-9 does not fit its seal: it was changed, or the key is another",
        "the sign-off of pharmacist by id-2 has no seal",
    )
    assert 'sealed with the key "ward", which is not' in is_signed(PROTOCOL, good, TODAY, keys={}).reasons[0]


def test_a_short_key_is_refused(tmp_path):
    (tmp_path / "key").write_bytes(b"secret\n")
    with pytest.raises(Misuse, match="a key of 6 bytes can be guessed"):
        read_key(tmp_path / "key")
    (tmp_path / "long").write_bytes(KEY + b"\n")
    assert read_key(tmp_path / "long") == KEY


def test_a_sign_off_with_a_time_without_zone_or_that_never_lasts_is_refused():
    text = sign_off_text(signed("physician", "id-1"))
    with pytest.raises(InvalidDocument, match="a time with its offset"):
        load_document(text.replace("2026-03-02T12:00:00Z", "2026-03-02T12:00:00"), SignOff, schema=SCHEMA, name="s")
    with pytest.raises(InvalidDocument, match="valid_until on or after"):
        load_document(text.replace("2027-03-01", "2026-03-01"), SignOff, schema=SCHEMA, name="s")
