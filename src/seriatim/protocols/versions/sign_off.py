"""Is a protocol signed, by every role that must sign, for what it says today?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Protocol

from seriatim.errors import Misuse, Refused
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.seal import is_sealed_by
from seriatim.protocols.versions.sign_off_document import Accepted, Signed, SignOff

SITE_LEAD = "site_lead"


class ToAccept(Protocol):
    """A finding of the verifier, as far as a signature asks."""

    @property
    def check(self) -> str: ...
    @property
    def rules(self) -> tuple[str, ...]: ...
    @property
    def sentence(self) -> str: ...


@dataclass(frozen=True)
class SignedAnswer:
    """Is it signed? `reasons` is every reason why not; empty where it is. `until` is the first day that ends it."""

    reasons: tuple[str, ...]
    until: date | None = None

    @property
    def is_signed(self) -> bool:
        return not self.reasons

    def __bool__(self) -> bool:
        return self.is_signed

    @property
    def words(self) -> str:
        """The answer in one line."""
        return f"Signed, until {self.until}." if self.is_signed else f"Not signed: {'; '.join(self.reasons)}."


def sign(
    protocol: TreatmentProtocol,
    *,
    role: str,
    by: str,
    at: datetime,
    valid_until: date,
    accepted: Sequence[Accepted] = (),
    statement: str | None = None,
) -> SignOff:
    """Sign a protocol as it is now, in one role.

    Raises `Refused` for a protocol with unverified parts or a retired one, `Misuse` for a role that it does not ask.
    """
    if protocol.unverified:
        some = ", ".join(protocol.unverified[:5])
        raise Refused(f"{protocol.name} has unverified parts ({some}); check them against their source before signing")
    if protocol.document.status == "retired":
        raise Refused(f"{protocol.name} is retired; sign the version that took its place")
    if role not in roles_required(protocol):
        raise Misuse(f"{protocol.name} asks for no {role}; it asks for {', '.join(roles_required(protocol))}")
    document = protocol.document
    signed = Signed(
        id=document.id,
        version=document.version,
        sha256=protocol.sha256,
        overlays=tuple(overlay.name for overlay in document.overlays),
    )
    return SignOff(
        protocol=signed,
        role=role,
        by=by,
        at=at,
        valid_until=valid_until,
        accepted=tuple(accepted),
        statement=statement,
        signed_with=f"seriatim {version('seriatim')}",
    )


def roles_required(protocol: TreatmentProtocol) -> tuple[str, ...]:
    """The roles that must sign: those declared, those that agreed to leave a rule out, and the site lead where an
    overlay is not a pure tightening.

    >>> from seriatim.protocols.load import read_protocol
    >>> roles_required(read_protocol("consensus-2014"))
    ('physician', 'pharmacist', 'nurse')
    """
    document = protocol.document
    agreed = [role for overlay in document.overlays for left in overlay.left_out for role in left.roles]
    looser = any(overlay.direction in ("loosening", "mixed") for overlay in document.overlays)
    return tuple(dict.fromkeys([*document.roles_to_sign, *agreed, *([SITE_LEAD] if looser else [])]))


def is_signed(
    protocol: TreatmentProtocol,
    sign_offs: Iterable[SignOff],
    on: date,
    *,
    keys: Mapping[str, bytes] | None = None,
    to_accept: Iterable[ToAccept] = (),
) -> SignedAnswer:
    """Is a protocol signed on a day, by every role it asks for, each by another person? Every reason why not.

    `keys` are the site's keys by name: where they are given, a sign-off without a valid seal counts for nothing.
    `to_accept` are findings of the verifier (each with `check`, `rules` and `sentence`) that somebody must have
    accepted.
    """
    known = list(sign_offs)
    mine = [one for one in known if one.protocol.sha256 == protocol.sha256]
    counted = _one_a_role(roles_required(protocol), [one for one in mine if not any(_void(one, on, keys))])
    missing = [role for role in roles_required(protocol) if role not in counted]
    reasons = (
        *_of_protocol(protocol),
        *(reason for role in missing for reason in _of_role(role, protocol, known, list(counted.values()), on, keys)),
        *_of_findings(counted.values(), to_accept),
    )
    return SignedAnswer(reasons, min((one.valid_until for one in counted.values()), default=None))


def _of_protocol(protocol: TreatmentProtocol) -> Iterator[str]:
    if protocol.unverified:
        yield f"{parts_words(len(protocol.unverified))} unverified ({', '.join(protocol.unverified[:3])})"
    if protocol.document.status in ("draft", "retired"):
        yield f"its status is {protocol.document.status}"


def parts_words(count: int) -> str:
    """Number and verb of parts: "1 part is", "3 parts are"."""
    return "1 part is" if count == 1 else f"{count} parts are"


def _void(one: SignOff, on: date, keys: Mapping[str, bytes] | None) -> Iterator[str]:
    from_whom = f"the sign-off of {one.role} by {one.by}"
    if on > one.valid_until:
        yield f"{from_whom} ended on {one.valid_until}"
    if on < one.at.date():
        yield f"{from_whom} is dated {one.at.date()}, after this day"
    if keys is not None and (fault := _seal_fault(one, keys)):
        yield f"{from_whom} {fault}"


def _seal_fault(one: SignOff, keys: Mapping[str, bytes]) -> str | None:
    if one.seal is None:
        return "has no seal"
    if one.seal.key not in keys:
        return f'is sealed with the key "{one.seal.key}", which is not among those known'
    return (
        None
        if is_sealed_by(one, keys[one.seal.key])
        else "does not fit its seal: it was changed, or the key is another"
    )


def _one_a_role(needed: Sequence[str], valid: Sequence[SignOff]) -> dict[str, SignOff]:
    """One sign-off a role, the longest valid one, each by another person as far as that can be."""
    longest = sorted(valid, key=lambda one: (one.valid_until, one.by), reverse=True)
    by_role = {role: [one for one in longest if one.role == role] for role in needed}
    counted: dict[str, SignOff] = {}
    taken: dict[str, str] = {}
    for role in needed:
        _assign(role, by_role, counted, taken, set())
    return counted


def _assign(
    role: str,
    by_role: Mapping[str, Sequence[SignOff]],
    counted: dict[str, SignOff],
    taken: dict[str, str],
    tried: set[str],
) -> bool:
    """Give the role a person who has none, or one whose other role somebody else can fill (augmenting path)."""
    for one in by_role[role]:
        if one.by in tried:
            continue
        tried.add(one.by)
        if one.by not in taken or _assign(taken[one.by], by_role, counted, taken, tried):
            counted[role], taken[one.by] = one, role
            return True
    return False


def _of_role(
    role: str,
    protocol: TreatmentProtocol,
    known: Sequence[SignOff],
    counted: Sequence[SignOff],
    on: date,
    keys: Mapping[str, bytes] | None,
) -> Iterator[str]:
    """Why nobody counts in a role."""
    signed = [one for one in known if one.role == role]
    mine = [one for one in signed if one.protocol.sha256 == protocol.sha256]
    for one in mine:
        yield from _void(one, on, keys)
        if one.by in {other.by for other in counted}:
            yield f"{role} was signed by {one.by}, who counts in another role: two persons are needed"
    if not signed:
        yield f"nobody signed as {role}"
    elif not mine:
        found = signed[-1].protocol
        what = f"{found.id}@{found.version} {found.sha256[:12]}"
        yield f"{role} signed another content ({what}), not {protocol.sha256[:12]}"


def _of_findings(counted: Iterable[SignOff], to_accept: Iterable[ToAccept]) -> Iterator[str]:
    accepted = {(item.check, item.rules, item.sentence) for one in counted for item in one.accepted}
    for finding in to_accept:
        if (finding.check, tuple(finding.rules), finding.sentence) not in accepted:
            yield f"nobody accepted: {finding.sentence.rstrip('.')}"
