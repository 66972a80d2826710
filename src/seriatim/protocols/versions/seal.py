"""Was a sign-off made by somebody who holds the site's key? A keyed hash (HMAC, SHA-256) over the whole document.

It proves that whoever made or last changed the document held the key, and that nothing was changed since. It does not
prove which of those who hold the key it was, nor when: everybody who can check a seal can make one. For that a site
needs personal keys or a registry with users.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from seriatim.errors import Misuse, UnreadableSource
from seriatim.protocols.versions.sign_off_document import Seal, SignOff

SHORTEST_KEY_BYTES = 32


def sealed(one: SignOff, key: bytes, *, key_name: str) -> SignOff:
    """The same sign-off with a seal; one that it had is replaced. Raises `Misuse` for a key under 32 bytes."""
    _must_be_long(key)
    bare = one.model_copy(update={"seal": None})
    return bare.model_copy(update={"seal": Seal(key=key_name, value=_value(bare, key, key_name))})


def is_sealed_by(one: SignOff, key: bytes) -> bool:
    """Does the seal fit document and key? False without one."""
    if one.seal is None:
        return False
    wanted = _value(one.model_copy(update={"seal": None}), key, one.seal.key)
    return hmac.compare_digest(wanted, one.seal.value)


def read_key(path: str | Path) -> bytes:
    """The key in a file, as it stands there but for a line end. Raises `Misuse` where it is too short to protect."""
    try:
        key = Path(path).read_bytes().strip()
    except OSError as problem:
        raise UnreadableSource(f"the key file {path} cannot be read: {problem.strerror}; give another") from None
    _must_be_long(key)
    return key


def _must_be_long(key: bytes) -> None:
    if len(key) < SHORTEST_KEY_BYTES:
        raise Misuse(f"a key of {len(key)} bytes can be guessed; use one of {SHORTEST_KEY_BYTES} random bytes or more")


def _value(bare: SignOff, key: bytes, key_name: str) -> str:
    # The name of the key and the purpose are under the seal too, so that a seal cannot be moved to another of both.
    content = {"purpose": "seriatim.sign-off/1", "key": key_name, "document": bare.model_dump(mode="json")}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
