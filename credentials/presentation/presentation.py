"""Making and verifying presentations: what a policy asks, proven for one scope and one moment.

Source: docs/protocol.md, "Presentation proof" and "Scope and presentation header". All inputs of
verification come from the verifier: keys, schema, registry head, policy, scope, freshness, action.
What the presentation says of itself only has to agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from credentials.errors import PresentationRefused, SchemaError
from credentials.formats import base64url
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.messages import attribute_scalar, nym_index
from credentials.presentation.composition import check, culprits, hold, prove
from credentials.presentation.pseudonym import PseudonymStatement
from credentials.presentation.range import RangeStatement
from credentials.presentation.registry import RegistryStatement
from credentials.presentation.signature import SignatureStatement
from credentials.presentation.statement import Equation, Statement
from credentials.scope import Scope, day_of_slot, presentation_header

_NO_CREDENTIAL = "the proof is not of a current credential of this community"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPresentation:
    """What a verifier may rely on; exists only for presentations that verified.

    `pseudonym` is 48 octets, or None where the policy asks for none; `disclosed` holds the values
    of exactly the attributes that the policy asks for.
    """

    scope: Scope
    pseudonym: bytes | None = field(repr=False)
    disclosed: Mapping[str, str | int] = field(repr=False)

    @property
    def pseudonym_text(self) -> str | None:
        """The pseudonym as the REST interface and the commands write it: 64 of base64url."""
        return None if self.pseudonym is None else base64url.encode(self.pseudonym)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPresentation:
    """A presentation of which everything but the pairings was checked: not yet to be believed.

    `settle` checks the equations of many at once; nothing else may look at `content`.
    """

    content: VerifiedPresentation = field(repr=False)
    equations: Sequence[Equation] = field(repr=False)


def policy_statements(
    policy: Policy, *, keys: VerifierKeys, scope: Scope, today: int | None
) -> list[Statement]:
    """The statements that a policy asks for beside the signature, in their order."""
    statements: list[Statement] = []
    if policy.pseudonym:
        statements.append(
            PseudonymStatement(context_id=scope.context_id, nym_index=nym_index(keys.schema))
        )
    statements.append(RegistryStatement(keys=keys))
    for bound in policy.bounds(keys.schema, today=today):
        statements.append(RangeStatement(keys=keys, bound=bound))
    return statements


def present(
    credential: Credential,
    *,
    policy: Policy,
    scope: Scope,
    freshness: int | bytes,
    today: int | None = None,
    action: bytes = b"",
) -> Presentation:
    """A presentation of what `policy` asks, in `scope`, for one nonce (32 octets) or time slot.

    It is made at the registry value at which the credential has its witness. `action` is the digest
    of what the presentation authorises, 32 octets or none. `today` (days since 1970-01-01) is
    needed where a policy that names it meets a nonce; a time slot has its own day. Raises
    PolicyError for a policy that the schema cannot meet, RequirementNotMet for one that this
    credential does not meet, WitnessRefused or DigitsRefused where the credential has no witness,
    or no digit table.
    """
    keys = credential.keys
    policy.check(keys.schema)
    _check_purpose(policy, scope)
    indexes = policy.disclosed_indexes(keys.schema)
    shown = tuple(
        (index, credential.attributes[keys.schema.attribute_at(index).name]) for index in indexes
    )
    signature = SignatureStatement(
        keys=keys,
        disclosed=tuple((index, attribute_scalar(value)) for index, value in shown),
    )
    head = keys.head.head
    pseudonym, proof = prove(
        credential,
        signature,
        policy_statements(policy, keys=keys, scope=scope, today=_day(freshness, today=today)),
        presentation_header=presentation_header(
            context_id=scope.context_id,
            purpose=scope.purpose,
            freshness=freshness,
            action=action,
            value=head.value,
        ),
    )
    return Presentation(
        purpose=scope.purpose,
        instance=scope.instance,
        freshness=freshness,
        removals=head.removals,
        disclosed=shown,
        pseudonym=pseudonym,
        proof=proof,
    )


def verify_presentation(
    presentation: Presentation,
    *,
    verifier: VerifierKeys,
    policy: Policy,
    scope: Scope,
    freshness: int | bytes,
    today: int | None = None,
    action: bytes = b"",
) -> VerifiedPresentation:
    """The verified content of a presentation, or PresentationRefused.

    `verifier` are the keys at the registry head that this verifier accepts. `freshness` is the
    nonce that it gave out (32 octets; its single use is the caller's to keep), or the time slot
    that it accepts; `today` as in `present`. Raises PolicyError for a policy that the schema cannot
    meet.
    """
    pending = check_presentation(
        presentation,
        verifier=verifier,
        policy=policy,
        scope=scope,
        freshness=freshness,
        today=today,
        action=action,
    )
    if not hold(pending.equations):
        raise PresentationRefused(_NO_CREDENTIAL)
    return pending.content


def check_presentation(
    presentation: Presentation,
    *,
    verifier: VerifierKeys,
    policy: Policy,
    scope: Scope,
    freshness: int | bytes,
    today: int | None = None,
    action: bytes = b"",
) -> PendingPresentation:
    """Check everything but the pairings, which `settle` checks for many presentations at once.

    Arguments and errors are those of verify_presentation.
    """
    policy.check(verifier.schema)
    _check_purpose(policy, scope)
    if (presentation.purpose, presentation.instance) != (scope.purpose, scope.instance):
        raise PresentationRefused("the presentation was made for another purpose or instance")
    if type(freshness) is not type(presentation.freshness) or freshness != presentation.freshness:
        raise PresentationRefused("the presentation was made for another nonce or time slot")
    head = verifier.head.head
    if presentation.removals != head.removals:
        raise PresentationRefused("the presentation was made at another value of the registry")
    disclosed = _check_disclosed(presentation, policy=policy, verifier=verifier)
    equations = check(
        presentation.pseudonym,
        presentation.proof,
        SignatureStatement(
            keys=verifier,
            disclosed=tuple(
                (index, attribute_scalar(value)) for index, value in presentation.disclosed
            ),
        ),
        policy_statements(policy, keys=verifier, scope=scope, today=_day(freshness, today=today)),
        presentation_header=presentation_header(
            context_id=scope.context_id,
            purpose=scope.purpose,
            freshness=freshness,
            action=action,
            value=head.value,
        ),
    )
    content = VerifiedPresentation(
        scope=scope,
        pseudonym=presentation.pseudonym if policy.pseudonym else None,
        disclosed=disclosed,
    )
    return PendingPresentation(content=content, equations=equations)


def settle(
    pending: Sequence[PendingPresentation],
) -> list[VerifiedPresentation | PresentationRefused]:
    """For each presentation its verified content, or why it is refused, in their order.

    One product of pairings where all are good; bad ones are found by bisection. They may belong to
    several communities, policies and registry heads.
    """
    bad = set(culprits([one.equations for one in pending]))
    return [
        PresentationRefused(_NO_CREDENTIAL) if at in bad else one.content
        for at, one in enumerate(pending)
    ]


def _day(freshness: int | bytes, *, today: int | None) -> int | None:
    """The day that a policy calls today: of the time slot, or the one that came with a nonce."""
    return day_of_slot(freshness) if isinstance(freshness, int) else today


def _check_disclosed(
    presentation: Presentation, *, policy: Policy, verifier: VerifierKeys
) -> dict[str, str | int]:
    """The disclosed values by name, each in its attribute's domain, exactly those asked for."""
    schema = verifier.schema
    indexes = [index for index, _ in presentation.disclosed]
    if indexes != list(policy.disclosed_indexes(schema)):
        raise PresentationRefused("the presentation does not disclose what the policy asks for")
    try:
        return {
            (attribute := schema.attribute_at(index)).name: attribute.check(value)
            for index, value in presentation.disclosed
        }
    except SchemaError as error:
        raise PresentationRefused(f"a disclosed value is outside its domain: {error}") from None


def _check_purpose(policy: Policy, scope: Scope) -> None:
    if policy.purpose != scope.purpose:
        raise PresentationRefused("the policy is for another purpose than the scope")
