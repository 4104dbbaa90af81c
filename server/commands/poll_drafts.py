"""From the options of `symbolon-server poll create` to a draft. Raises OperatorError."""

import re
from fractions import Fraction
from pathlib import Path

from credentials.beacon import SIGNATURE_LENGTH
from credentials.days import common_zone
from credentials.errors import SymbolonError
from credentials.formats.attribute import AttributeValue
from credentials.formats.community import Metadata
from credentials.formats.lot import BY_BEACON, BY_NONE, BY_OPENING
from credentials.formats.plain_text import text_in
from credentials.formats.schema import Schema
from credentials.formats.sealing import Sealing
from credentials.formats.vote import QUADRATIC, SCORE
from credentials.sealing import ServerOpener
from credentials.sealing.ceremony import read_ceremony
from credentials.tally import METHODS, newest
from credentials.times import read_moment
from server.clock import unix_seconds
from server.commands.make import check_timezone
from server.commands.session import Session
from server.problems import OperatorError

UNSEALED, SEALED_BY_SERVER = "none", "server"
DEFAULT_METHODS = {
    "single_choice": "plurality",
    "approval": "approval",
    "score": "score",
    "ranked": "irv",
    "quadratic": "quadratic",
}
_LOTS = {"trustees": BY_OPENING, "beacon": BY_BEACON, "none": BY_NONE}
DEFAULT_LIMITS = {SCORE: 5, QUADRATIC: 100}

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
MOST_YEARS = 10
"""How far away a closing may be; what is further is a slip of the hand."""

_YEAR_SECONDS = 31_557_600
_SHARE = re.compile(r"([0-9]{1,6})/([1-9][0-9]{0,5})")


def counting(ballot_type: str, *, method: str | None, limit: int | None) -> tuple[str, str, int]:
    """(ballot type, tally, limit) from words such as `single-choice` and `schulze`."""
    kind = ballot_type.replace("-", "_")
    if kind not in DEFAULT_METHODS:
        known = ", ".join(name.replace("_", "-") for name in DEFAULT_METHODS)
        raise OperatorError(f"--type is one of {known}.")
    tally = newest(method or DEFAULT_METHODS[kind])
    if METHODS.get(tally) != kind:
        names = dict.fromkeys(name.split("/")[0] for name, of in METHODS.items() if of == kind)
        fitting = ", ".join(names)
        raise OperatorError(f"Ballots of type {ballot_type} are counted by --method {fitting}.")
    return kind, tally, DEFAULT_LIMITS.get(kind, 0) if limit is None else limit


def sealing(text: str, *, session: Session) -> Sealing | None:
    """From `none`, `server`, or the file of a key ceremony."""
    if text == UNSEALED:
        return None
    if text == SEALED_BY_SERVER:
        return Sealing(key=ServerOpener(secret=session.keystore.opening_secret).key)
    try:
        result, signatures = read_ceremony(text_in(Path(text).read_bytes()))
    except OSError:
        raise OperatorError(
            f"--seal takes none, server, or the file of a key ceremony; {text} cannot be read."
        ) from None
    except SymbolonError as error:
        raise OperatorError(f"{text} is not the result of a key ceremony: {error}.") from None
    return Sealing.by_trustees(result, signatures=signatures)


def witnesses(
    named: list[str], *, none: bool, needed: int | None, session: Session
) -> tuple[tuple[str, ...], int]:
    """The keys of the witnesses that a poll pins, and how many of them are needed.

    All that are listed unless some are named or none is wanted; more than half unless told.
    """
    listed = dict(session.polls.witnesses.all())
    if none and (named or needed):
        raise OperatorError("Give --no-witnesses or the witnesses that are needed, not both.")
    unknown = [name for name in named if name not in listed]
    if unknown:
        raise OperatorError(
            f"No witness is listed as {unknown[0]!r}: symbolon-server witness add NAME KEY"
        )
    keys = () if none else tuple(listed[name] for name in dict.fromkeys(named or sorted(listed)))
    most = len(keys)
    if needed is not None and not most // 2 < needed <= most:
        raise OperatorError(
            f"Of {most} witnesses, from {most // 2 + 1} to {most} can be needed: with half of them "
            "or fewer, two halves could be shown two logs."
            if keys
            else "No witness is listed, so none can be needed: symbolon-server witness add NAME KEY"
        )
    return keys, (most // 2 + 1 if keys else 0) if needed is None else needed


def tie_rule(lot: str | None) -> str | None:
    """From `trustees`, `beacon` or `none`; None where nothing was asked for."""
    if lot is not None and lot not in _LOTS:
        raise OperatorError("--lot is one of trustees, beacon, none.")
    return None if lot is None else _LOTS[lot]


def signature(text: str) -> bytes:
    """The signature of a beacon's round, 48 octets, from hex digits."""
    try:
        octets = bytes.fromhex(text.strip())
    except ValueError:
        octets = b""
    if len(octets) != SIGNATURE_LENGTH:
        raise OperatorError(f"--signature takes the {2 * SIGNATURE_LENGTH} hex digits of a round.")
    return octets


def closing(text: str, *, timezone: str) -> tuple[int | None, int | None]:
    """(closes_at, None) for a time, (None, closes_after) for a duration.

    A time without a zone of its own is one by the clocks of `timezone`.
    """
    duration = _DURATION.fullmatch(text.strip())
    if duration is not None:
        after = int(duration[1]) * _UNIT_SECONDS[duration[2]]
        _check_near(after, option="--closes", text=text)
        return None, after
    at = moment(text, option="--closes", timezone=timezone)
    _check_near(at - unix_seconds(), option="--closes", text=text)
    return at, None


def seconds(text: str, *, option: str) -> int:
    """A duration such as 90s or 5m."""
    duration = _DURATION.fullmatch(text.strip())
    if duration is None:
        raise OperatorError(f"{option} takes a duration such as 90s, 5m or 1h.")
    return int(duration[1]) * _UNIT_SECONDS[duration[2]]


def moment(text: str, *, option: str, timezone: str) -> int:
    """Unix seconds of a time, by the clocks of `timezone` unless it says others."""
    try:
        return read_moment(text, timezone=timezone)
    except SymbolonError as error:
        raise OperatorError(
            f"{option} takes a duration such as 2h, or a time; {error}. Without a zone it is a "
            f"time in {timezone}."
        ) from None


def zone(text: str | None, *, metadata: Metadata) -> str:
    """The time zone in which a poll's times are given and shown: that of all events if none is."""
    if text is None:
        return common_zone(metadata)
    check_timezone(text)
    return text


def later(text: str, *, than: int, timezone: str) -> int:
    """A new closing time: a time, or a duration that is added to the old one, Unix seconds."""
    duration = _DURATION.fullmatch(text.strip())
    if duration is not None:
        at = than + int(duration[1]) * _UNIT_SECONDS[duration[2]]
    else:
        at = moment(text, option="--until", timezone=timezone)
    _check_near(at - unix_seconds(), option="--until", text=text)
    return at


def _check_near(seconds: int, *, option: str, text: str) -> None:
    if seconds > MOST_YEARS * _YEAR_SECONDS:
        raise OperatorError(
            f"{option} {text.strip()} is more than {MOST_YEARS} years away; a poll closes within "
            f"{MOST_YEARS} years."
        )


def share(text: str) -> tuple[int, int]:
    """A fraction below 1, in lowest terms."""
    read = _SHARE.fullmatch(text.strip())
    if read is None:
        raise OperatorError("--threshold takes a share such as 1/2 or 2/3.")
    fraction = Fraction(int(read[1]), int(read[2]))
    return fraction.numerator, fraction.denominator


def requirements(texts: list[str], *, schema: Schema) -> tuple[tuple[str, AttributeValue], ...]:
    """Attributes, each with the one value that a voter must have."""
    required = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise OperatorError("--require takes ATTRIBUTE=VALUE.")
        required.append((name, schema.parse_text(name, value)))
    return tuple(required)
