"""Everything that the service refuses, by name, and how it is told over HTTP (RFC 9457).

A `Refusal` is one kind of problem: a stable type, a title and a status. Its detail is one sentence
and never holds what was sent. An `OperatorError` is for whoever runs a command.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from credentials import errors

TYPE_PREFIX = "urn:symbolon:problem:"


class OperatorError(Exception):
    """One clear sentence for the person at the terminal; the command ends with status 1."""


class Refusal(Exception):
    """Root of all problems; `detail` is one sentence, without secrets and without names."""

    slug: str = "refused"
    title: str = "The request is refused."
    status: int = 400

    def __init__(self, detail: str | None = None, **members: int | str) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.members = members
        """Further members of the problem object, such as the sequence number that was expected."""


# --- any feature


class RequestMalformed(Refusal):
    slug, title, status = "request-malformed", "The request does not have the expected form.", 422


class BodyTooLarge(Refusal):
    slug, title, status = "body-too-large", "The request is larger than this address takes.", 413


class NotFound(Refusal):
    slug, title, status = "not-found", "There is nothing at this address.", 404


class MethodNotAllowed(Refusal):
    slug, title, status = "method-not-allowed", "This address does not take that method.", 405


class TokenMissing(Refusal):
    slug, status = "token-missing", 401
    title = "This address needs a token, in the header `Authorization: Bearer TOKEN`."


class TokenRefused(Refusal):
    slug, title, status = "token-refused", "The bearer token is not valid here.", 403


class EncodingRefused(Refusal):
    slug, title, status = "encoding-refused", "A part of the request cannot be decoded.", 400


class ServerFault(Refusal):
    slug, title, status = "server-fault", "The service failed; nothing was changed.", 500


# --- issuance


class NonceUnknown(Refusal):
    slug, title, status = "nonce-unknown", "The nonce is unknown, used or expired.", 400


class CommitmentInvalid(Refusal):
    slug, title, status = "commitment-invalid", "The proof of the commitment does not verify.", 400


class ClaimCodeUnknown(Refusal):
    slug, title, status = "claim-code-unknown", "This claim link is not known here.", 404


class ClaimCodeUsed(Refusal):
    slug = "claim-code-used"
    title = "This claim link was used by another wallet, or replaced by a newer link."
    status = 409


class CommitmentUnknown(Refusal):
    slug = "commitment-unknown"
    title = "No credential was issued for this commitment."
    status = 404


class CommitmentRetired(Refusal):
    slug = "commitment-retired"
    title = "The credential for this commitment was replaced and cannot be issued again."
    status = 410


class CredentialRevoked(Refusal):
    slug = "credential-revoked"
    title = "This membership was removed by the organiser, or has ended."
    status = 410


class ReissuePending(Refusal):
    slug = "reissue-pending"
    title = "The credential before is not removed yet; try again after the next registry head."
    status = 409


class EnrolmentFull(Refusal):
    slug, title, status = "enrolment-full", "This community takes no further members.", 409


# --- attendees


class AttendeeUnknown(Refusal):
    slug = "attendee-unknown"
    title = "There is no attendee with this id."
    status = 404


class AttendeeNotCurrent(Refusal):
    slug = "attendee-not-current"
    title = "This attendee was revoked, or the pass has ended."
    status = 409


# --- doors


class DoorUnknown(Refusal):
    slug, title, status = "door-unknown", "There is no such door.", 404


# --- polls


class PollUnknown(Refusal):
    slug, title, status = "poll-unknown", "There is no such poll.", 404


class PollNotOpen(Refusal):
    slug, title, status = "poll-not-open", "This poll is not open.", 409


class PollStillOpen(Refusal):
    slug, title, status = "poll-still-open", "This poll is still open.", 409


class BallotRefused(Refusal):
    slug, title, status = "ballot-refused", "The ballot does not verify for this poll.", 400


class SequenceWrong(Refusal):
    slug, title, status = "sequence-wrong", "The ballot has the wrong sequence number.", 409


class PollSealed(Refusal):
    slug, title, status = "poll-sealed", "The votes of this poll are not opened yet.", 409


class PollCancelled(Refusal):
    slug, title, status = "poll-cancelled", "The poll was cancelled, and has no result.", 409


class PollNotClosed(Refusal):
    slug, title, status = "poll-not-closed", "Voting in this poll goes on.", 409


class PollNotWitnessed(Refusal):
    slug = "poll-not-witnessed"
    title = "Not enough of the poll's witnesses have cosigned its closing yet."
    status = 409


class PollNotCertified(Refusal):
    slug, title, status = "poll-not-certified", "The poll has no certified result yet.", 409


class ShareRefused(Refusal):
    slug, title, status = "share-refused", "The share of the opening value is wrong.", 422


class BeaconRefused(Refusal):
    slug, title, status = "beacon-refused", "That is not the round that the poll needs.", 422


class BeaconMissing(Refusal):
    slug, title, status = "beacon-missing", "The poll's lot has no round of the beacon yet.", 409


class LeafUnknown(Refusal):
    slug, title, status = "leaf-unknown", "The log has no entry with that leaf hash.", 404


class WitnessUnknown(Refusal):
    slug, title, status = "witness-unknown", "The community lists no such witness.", 403


class CosignatureRefused(Refusal):
    slug, title, status = "cosignature-refused", "The cosignature does not hold.", 422


# --- presentations


class PolicyRefused(Refusal):
    slug, title, status = "policy-refused", "The policy cannot be met by this community.", 400


class PresentationMalformed(Refusal):
    slug, title, status = "presentation-malformed", "The presentation cannot be decoded.", 400


class HeadNotAccepted(Refusal):
    slug = "head-not-accepted"
    title = "The presentation was made at a registry head that is not accepted here."
    status = 409


class RequestUnknown(Refusal):
    slug, title, status = "request-unknown", "There is no such request.", 404


class RequestExpired(Refusal):
    slug, title, status = "request-expired", "The request has expired.", 410


class RequestUsed(Refusal):
    slug, title, status = "request-used", "The request was already answered.", 409


class NonceUsed(Refusal):
    slug, title, status = "nonce-used", "This nonce was already used.", 409


PROTOCOL_PROBLEMS: dict[type[errors.SymbolonError], type[Refusal]] = {
    errors.EncodingError: EncodingRefused,
    errors.SchemaError: RequestMalformed,
    errors.PolicyError: PolicyRefused,
    errors.CommitmentRefused: CommitmentInvalid,
    errors.PresentationRefused: PresentationMalformed,
    errors.HeadNotAccepted: HeadNotAccepted,
    errors.HeadRefused: HeadNotAccepted,
    errors.BallotRefused: BallotRefused,
}
"""How an error of the protocol is told where a service lets it through."""


def problem_for(error: errors.SymbolonError) -> Refusal:
    """The problem that tells `error`; the nearest class in the table, else a server fault."""
    for kind in type(error).__mro__:
        if issubclass(kind, errors.SymbolonError) and kind in PROTOCOL_PROBLEMS:
            return PROTOCOL_PROBLEMS[kind](str(error))
    return ServerFault()


def malformed(validation_errors: Sequence[Any], *, content_type: str) -> RequestMalformed:
    """Says what is wrong with a body, or names its fields; what was sent is not repeated."""
    of_body = [error for error in validation_errors if error["loc"][:1] == ("body",)]
    if of_body and "json" not in content_type.lower():
        return RequestMalformed(
            "The body is read as JSON only with the header `Content-Type: application/json`."
        )
    kinds = {error.get("type") for error in of_body}
    if "json_invalid" in kinds:
        return RequestMalformed("The body is not JSON.")
    if any(error["loc"] == ("body",) for error in of_body):
        return RequestMalformed("The body is a JSON object.")
    if kinds == {"extra_forbidden"}:
        return RequestMalformed("The body has a field that is not known here; /docs lists them.")
    names = {
        ".".join(str(part) for part in error["loc"][1:] if isinstance(part, int | str))
        for error in validation_errors
        if error.get("type") not in ("json_invalid", "extra_forbidden")
    }
    fields = sorted(name for name in names if re.fullmatch(r"[a-z0-9_.]{1,60}", name))
    if not fields:
        return RequestMalformed()
    return RequestMalformed(f"These fields do not have the expected form: {', '.join(fields)}.")


def problem_object(refusal: Refusal) -> dict[str, int | str]:
    """The members of application/problem+json."""
    return {
        "type": TYPE_PREFIX + refusal.slug,
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        **refusal.members,
    }


def refusal_for_status(status: int) -> Refusal:
    """The problem for a plain HTTP status that the framework raised."""
    known = {404: NotFound, 405: MethodNotAllowed, 413: BodyTooLarge}
    if status in known:
        return known[status]()
    refusal = RequestMalformed(HTTPStatus(status).phrase) if status < 500 else ServerFault()
    refusal.status = status
    return refusal
