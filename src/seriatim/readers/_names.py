"""When are two names the same? When they differ only in case, blanks, hyphens and points."""

from __future__ import annotations

import re

# White space of any script, and what copying from web pages leaves behind: zero-width space, byte order mark.
EDGES = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
)


def stripped(text: str) -> str:
    """Without white space at both ends, the no-break space included."""
    return text.strip(EDGES)


def plain_name(name: str) -> str:
    """A name without case, and with one underscore for blanks, hyphens and points.

    >>> plain_name("System Organ-Class")
    'system_organ_class'
    """
    return re.sub(r"[\s\-._]+", "_", stripped(name).casefold())
