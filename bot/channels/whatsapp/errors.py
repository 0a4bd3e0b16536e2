"""What the Cloud API's error codes mean for a message: again later, never, after a knock, or not before somebody mends it.

The codes and their meaning are Meta's (Cloud API, Error Codes, read in 2026).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Way(enum.Enum):
    """What to do with a message that was refused."""

    LATER = "later"  # this chat waits
    EVERYBODY = "everybody"  # the whole number waits
    REFUSED = "refused"  # it will never arrive
    WINDOW = "window"  # only a template is taken until the person writes
    TEMPLATE = "template"  # this template is not taken in this language
    ADDRESS = "address"  # this kind of message is not taken for an address without telephone number


@dataclass(frozen=True)
class Verdict:
    """What to do and after how many seconds (0: the usual steps); `alarm`: a person has to mend something."""

    way: Way
    seconds: float = 0.0
    alarm: bool = False


LATER, REFUSED = Verdict(Way.LATER), Verdict(Way.REFUSED)
MEND = Verdict(Way.EVERYBODY, 300, alarm=True)
PAIR_LIMIT = 131056  # too much to this one person: the next try after 4^x seconds
UPLOAD = 131053  # an upload that failed
LONGEST_WAIT = 3600.0
CODES: dict[int, Verdict] = {
    # Too much in too short a time.
    4: Verdict(Way.EVERYBODY, 60),
    17: Verdict(Way.EVERYBODY, 60),
    32: Verdict(Way.EVERYBODY, 60),
    613: Verdict(Way.EVERYBODY, 60),
    80007: Verdict(Way.EVERYBODY, 60),
    130429: Verdict(Way.EVERYBODY, 2),
    131048: Verdict(Way.EVERYBODY, 300, alarm=True),  # the number is held back because people blocked it
    PAIR_LIMIT: LATER,
    131064: Verdict(Way.EVERYBODY, 600, alarm=True),
    133016: Verdict(Way.EVERYBODY, 300),
    # A fault on their side that passes.
    1: LATER,
    2: LATER,
    131000: LATER,
    131016: LATER,
    UPLOAD: LATER,
    131057: Verdict(Way.EVERYBODY, 60),
    # Nothing goes out before somebody mends the account, the token or the number.
    0: MEND,
    3: MEND,
    10: MEND,
    33: MEND,
    102: MEND,
    190: Verdict(Way.EVERYBODY, 60, alarm=True),  # the token: a new one is soon set
    368: MEND,
    131005: MEND,
    131031: MEND,
    131037: MEND,
    131042: MEND,
    131045: MEND,
    133010: MEND,
    # The 24 hours, the template, the address.
    131047: Verdict(Way.WINDOW),
    131062: Verdict(Way.ADDRESS),
    131063: Verdict(Way.TEMPLATE),
    132000: Verdict(Way.TEMPLATE),
    132001: Verdict(Way.TEMPLATE),
    132005: Verdict(Way.TEMPLATE),
    132007: Verdict(Way.TEMPLATE),
    132008: Verdict(Way.TEMPLATE),
    132012: Verdict(Way.TEMPLATE),
    132015: Verdict(Way.TEMPLATE),
    132016: Verdict(Way.TEMPLATE),
    # This message will not arrive. None of these stops the chat: 131026 also stands for an old app or terms not yet accepted, and 131050
    # concerns advertising only, of which we send none. The next message is tried on its own, so that no chat is closed by mistake.
    100: REFUSED,
    130472: REFUSED,
    130497: REFUSED,
    131008: REFUSED,
    131009: REFUSED,
    131021: REFUSED,
    131026: REFUSED,
    131030: REFUSED,
    131049: REFUSED,
    131050: REFUSED,
    131051: REFUSED,
    131052: REFUSED,
    135000: REFUSED,
    137000: REFUSED,
}
PERMISSIONS = range(200, 300)
NO_SUCH_OBJECT = 33  # subcode of 100: the number id is wrong, or the token may not use it


def verdict(code: int, subcode: int = 0, status: int = 0, transient: bool = False) -> Verdict:
    """What to do about an error code, with the HTTP status it came with (0: in a status update)."""
    if (code, subcode) == (100, NO_SUCH_OBJECT) or code in PERMISSIONS:
        return MEND
    if code in CODES:
        return CODES[code]
    if status in (401, 403):
        return MEND
    if status == 429:
        return Verdict(Way.EVERYBODY, 60)
    return LATER if transient or status >= 500 else REFUSED


def pair_wait(attempts: int) -> float:
    """Seconds to wait after the pair limit, by how often it was tried before: 1, 4, 16 ... at most an hour."""
    return min(4.0 ** min(attempts, 10), LONGEST_WAIT)
