"""The errors of the protocol, one small tree.

No error holds a secret or an HTTP status; the server maps them to problems in one table of its own.
"""


class SymbolonError(Exception):
    """Root of everything that this package raises on purpose."""


class EncodingError(SymbolonError):
    """Octets, text or CBOR that are not the one encoding of a value."""


class InvalidPoint(EncodingError):
    """A point of the wrong length, off the curve, outside the subgroup, or the identity."""


class InvalidScalar(EncodingError):
    """A scalar of the wrong length, zero, or not below the group order."""


class SchemaError(SymbolonError):
    """A schema, or an attribute value, outside its domain."""


class PolicyError(SymbolonError):
    """A policy that is malformed or that the community's schema cannot meet."""


class TimeUnclear(SymbolonError):
    """A time as a person wrote it that names no moment, or two; says what to write instead."""


class MetadataRefused(SymbolonError):
    """Community metadata with a wrong signature, key or place in its chain."""


class HeadRefused(SymbolonError):
    """A registry head with a wrong signature or place in its chain: a fork, a gap, a step back."""


class WitnessRefused(SymbolonError):
    """A registry witness that does not belong to its credential and head."""


class MemberRevoked(SymbolonError):
    """The credential's own handle is in the log of removals: it proves nothing any more."""


class DigitsRefused(SymbolonError):
    """A table of signed digits that is not that of the community's registry."""


class CommitmentRefused(SymbolonError):
    """A wallet's commitment whose proof does not verify; the issuer signs nothing."""


class CredentialRefused(SymbolonError):
    """An issued credential that does not verify; the wallet stores nothing."""


class RequirementNotMet(SymbolonError):
    """A credential that does not have what a policy requires; nothing was proven."""


class PresentationRefused(SymbolonError):
    """A presentation that does not verify; nothing in it may be used."""


class HeadNotAccepted(PresentationRefused):
    """A presentation made at a registry head that is too old, or not known to the verifier."""


class BallotRefused(SymbolonError):
    """A ballot that does not fit its poll's manifest."""


class SequenceRefused(BallotRefused):
    """A ballot that verifies, with a sequence number other than the next one, `expected`."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"the ballot's sequence number must be {expected}")
        self.expected = expected


class PromiseRefused(SymbolonError):
    """A promise about a ballot with a wrong signature, or about something else."""


class PollLogRefused(SymbolonError):
    """A poll's log whose entries break the poll's rules."""


class BeaconRefused(SymbolonError):
    """A signature that is not the one of that round of the public beacon."""


class LogRefused(SymbolonError):
    """A proof, note, checkpoint, cosignature or receipt of a log that does not hold."""


class WitnessUnknown(LogRefused):
    """Cosignatures none of which is of a witness that is known."""


class CheckpointRefused(LogRefused):
    """A checkpoint that a witness does not cosign.

    `reason` is a value of credentials.log.witness.Reason, which says what was wrong.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class SealingRefused(SymbolonError):
    """A poll sealed to a key that is none, or that its trustees do not hold."""


class SealBroken(SymbolonError):
    """A sealed ballot that the poll's opening value does not open: it counts as invalid."""


class OpeningRefused(SymbolonError):
    """An opening value that does not belong to its poll, or too few shares to make one."""


class ShareRefused(SymbolonError):
    """A trustee's share that does not belong to the trustee's key; `trustee` counts from 1."""

    def __init__(self, message: str, *, trustee: int) -> None:
        super().__init__(message)
        self.trustee = trustee


class CeremonyRefused(SymbolonError):
    """Cards, deals or results of a key ceremony that do not belong together."""


class DealRefused(CeremonyRefused):
    """A deal that stops the ceremony; `dealer` is the name on the dealer's card."""

    def __init__(self, message: str, *, dealer: str) -> None:
        super().__init__(message)
        self.dealer = dealer
