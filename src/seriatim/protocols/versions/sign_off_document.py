"""What does a sign-off say? Who, in which role, signed which content, until when, and knowing what: a file a signature.

By itself it proves no more than any text file: whoever can write the file can write a name into it. With a key (see
`seal.py`) it also proves that whoever made it held the key. A registry that knows its users may prove more; it stores
the same document.
"""

from __future__ import annotations

from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from ruamel.yaml import YAML

from seriatim.documents import Document, load_document, read_text

SCHEMA = "seriatim.sign-off/1"


def _with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time with its offset, such as 2026-03-02T14:00:00+01:00")
    return moment


Instant = Annotated[datetime, AfterValidator(_with_zone)]


class Signed(Document):
    """The content that was signed."""

    id: str
    version: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    overlays: tuple[str, ...] = ()


class Accepted(Document):
    """A finding of the verifier that the signer knows of and accepts, with the reason."""

    check: str
    rules: tuple[str, ...]
    sentence: str
    because: str = Field(min_length=1)


class Seal(Document):
    """A keyed hash over the rest of the document; `key` names the key, it is not the key."""

    algorithm: Literal["hmac-sha256"] = "hmac-sha256"
    key: str = Field(min_length=1)
    value: str = Field(pattern=r"^[0-9a-f]{64}$")


class SignOff(Document):
    """One person's signature in one role. `by` is the identifier in the site's own directory."""

    protocol: Signed
    role: str = Field(min_length=1)
    by: str = Field(min_length=1)
    at: Instant
    valid_until: date
    accepted: tuple[Accepted, ...] = ()
    statement: str | None = None
    signed_with: str
    seal: Seal | None = None

    @model_validator(mode="after")
    def _lasts(self) -> SignOff:
        if self.valid_until < self.at.date():
            raise ValueError("valid_until on or after the day of signing")
        return self


def read_sign_off(path: str | Path) -> SignOff:
    """Read one sign-off from a file; raises `InvalidDocument` with every fault."""
    return load_document(read_text(Path(path)), SignOff, schema=SCHEMA, name=Path(path).name)


def sign_off_text(one: SignOff) -> str:
    """A sign-off as its file."""
    content = {"schema": SCHEMA, **one.model_dump(mode="json", exclude_none=True)}
    out = StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(content, out)
    return out.getvalue()
