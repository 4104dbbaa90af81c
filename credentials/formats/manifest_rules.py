"""What a poll's manifest may say: each field by itself, and what must fit together.

Source: docs/protocol.md, "Polls".
"""

from math import gcd
from typing import TYPE_CHECKING, Final

from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.lot import BY_BEACON, BY_OPENING, TIE_RULES
from credentials.formats.names import (
    refuse_look_alikes,
    take_attribute_name,
    take_identifier,
    take_shown_text,
    take_timezone,
)
from credentials.formats.schema import MAX_ATTRIBUTES
from credentials.formats.sealing import Sealing
from credentials.formats.vote import MAX_OPTIONS, MIN_OPTIONS
from credentials.tally import METHODS, WITH_EQUAL_RANKS, WITH_THRESHOLD, most_seats

if TYPE_CHECKING:
    from credentials.formats.manifest import Manifest

MAX_QUESTION: Final = 1000  # characters
MAX_NUMBER: Final = 2**24 - 1
MAX_TIME: Final = 2**40  # Unix seconds
MAX_BATCH_SECONDS: Final = 86_400
MAX_ORIGIN: Final = 400  # characters


def check_fields(manifest: "Manifest") -> None:
    """Names, texts, times and what voters must disclose; raises EncodingError or PolicyError."""
    cbor.take_octets(manifest.community_id, length=32, name="a community id")
    cbor.take_octets(manifest.issuer_id, length=32, name="an issuer id")
    cbor.take_octets(manifest.registry_id, length=32, name="a registry id")
    cbor.take_octets(manifest.schema_id, length=32, name="a schema id")
    cbor.take_octets(manifest.head, length=32, name="the hash of a poll's head")
    take_identifier(manifest.poll, name="a poll's id")
    take_shown_text(manifest.question, max=MAX_QUESTION, name="a poll's question")
    cbor.take_array(manifest.options, min=MIN_OPTIONS, max=MAX_OPTIONS, name="a poll's options")
    for option in manifest.options:
        take_shown_text(option, name="an option")
    refuse_look_alikes(manifest.options, name="a poll's options", error=PolicyError)
    cbor.take_uint(manifest.opens_at, max=MAX_TIME, name="an opening time")
    cbor.take_uint(manifest.closes_at, max=MAX_TIME, name="a closing time")
    if manifest.opens_at >= manifest.closes_at:
        raise PolicyError("a poll closes before it opens")
    take_timezone(manifest.timezone, name="a poll's time zone")
    _check_require(manifest)


def check_counting(manifest: "Manifest") -> None:
    """How ballots are marked and counted; raises EncodingError or PolicyError."""
    if type(manifest.equal_ranks) is not bool:
        raise EncodingError("whether ranks may be equal is neither yes nor no")
    manifest.paper  # noqa: B018 - raises PolicyError
    method = cbor.take_text(manifest.tally, max=32, name="a tally")
    if METHODS.get(method) != manifest.ballot_type:
        raise PolicyError(f"the method {method!r} does not count this type of ballot")
    if manifest.equal_ranks and method not in WITH_EQUAL_RANKS:
        raise PolicyError(f"the method {method!r} does not count equal ranks")
    most = min(most_seats(method, equal_ranks=manifest.equal_ranks), len(manifest.options))
    cbor.take_uint(manifest.seats, min=1, max=most, name="a number of seats")
    cbor.take_uint(manifest.quorum, max=MAX_NUMBER, name="a quorum")
    numerator, denominator = (
        cbor.take_uint(number, max=MAX_NUMBER, name="a threshold's number")
        for number in cbor.take_array(manifest.threshold, length=2, name="a threshold")
    )
    if numerator >= denominator or gcd(numerator, denominator) != 1:
        raise PolicyError("a threshold is not a fraction below 1 in lowest terms")
    if numerator and method not in WITH_THRESHOLD:
        raise PolicyError(f"the method {method!r} has no threshold")


def check_lot(manifest: "Manifest") -> None:
    """What decides between equals, and the batches after which it may; raises as above."""
    cbor.take_uint(manifest.batch_seconds, min=1, max=MAX_BATCH_SECONDS, name="a batch interval")
    if manifest.tie_rule not in TIE_RULES:
        raise PolicyError(f"there is no tie rule {manifest.tie_rule!r}")
    sealing = manifest.sealing
    if manifest.tie_rule == BY_OPENING and (sealing is None or not sealing.trustees):
        raise PolicyError("without trustees there is no opening value to draw lots from")
    due = manifest.beacon_at(manifest.closes_at) if manifest.tie_rule == BY_BEACON else None
    if manifest.beacon != due:
        raise PolicyError("the beacon's round is not the one that follows from the close")


def check_log(manifest: "Manifest") -> None:
    """The log, who watches it, and who can read votes when; raises as above."""
    take_shown_text(manifest.origin, max=MAX_ORIGIN, name="a log's origin")
    if "+" in manifest.origin or any(character.isspace() for character in manifest.origin):
        raise PolicyError("a log's origin has a space or a plus")
    if not manifest.origin.endswith(f"/polls/{manifest.poll}"):
        raise PolicyError("the log's origin is that of another poll")
    if type(manifest.live) is not bool:
        raise EncodingError("whether a count is shown live is neither yes nor no")
    if manifest.sealing is not None and type(manifest.sealing) is not Sealing:
        raise EncodingError("a poll's sealing is something else")
    if manifest.live and manifest.sealing is not None:
        raise PolicyError("the count of a sealed poll cannot be shown while voting goes on")
    manifest.witness_keys  # noqa: B018 - raises EncodingError, PolicyError


def _check_require(manifest: "Manifest") -> None:
    names = set()
    for pair in cbor.take_array(manifest.require, max=MAX_ATTRIBUTES, name="requirements"):
        name, value = cbor.take_array(pair, length=2, name="a requirement")
        names.add(take_attribute_name(name))
        if type(value) is str:
            take_shown_text(value, name="a required value")
        else:
            cbor.take_uint(value, max=MAX_NUMBER, name="a required value")
    if len(names) != len(manifest.require):
        raise PolicyError("a poll requires an attribute twice")
