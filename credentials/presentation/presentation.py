"""Making and verifying presentations: what a policy asks, proven for one scope and one moment.

Source: docs/protocol.md, "Presentation proof" and "Scope and presentation header". All inputs of
verification come from the verifier: keys, schema, policy, scope, freshness, action. What the
presentation says of itself only has to agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from credentials.errors import PresentationRefused, SchemaError
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.messages import attribute_scalar, nym_index
from credentials.presentation.composition import check, hold, prove
from credentials.presentation.pseudonym import PseudonymStatement
from credentials.presentation.signature import SignatureStatement
from credentials.presentation.statement import Statement
from credentials.scope import Scope, presentation_header


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPresentation:
    """What a verifier may rely on; exists only for presentations that verified.

    `pseudonym` is 48 octets, or None where the policy asks for none; `disclosed` holds the values
    of exactly the attributes that the policy asks for.
    """

    scope: Scope
    pseudonym: bytes | None = field(repr=False)
    disclosed: Mapping[str, str | int] = field(repr=False)


def policy_statements(policy: Policy, *, keys: VerifierKeys, scope: Scope) -> list[Statement]:
    """The statements that a policy asks for beside the signature, in their order."""
    statements: list[Statement] = []
    if policy.pseudonym:
        statements.append(
            PseudonymStatement(context_id=scope.context_id, nym_index=nym_index(keys.schema))
        )
    return statements


def present(
    credential: Credential,
    *,
    policy: Policy,
    scope: Scope,
    freshness: int | bytes,
    action: bytes = b"",
    head: bytes = b"",
) -> Presentation:
    """A presentation of what `policy` asks, in `scope`, for one nonce (32 octets) or time slot.

    `action` is the digest of what the presentation authorises, `head` the hash of the registry
    head; both 32 octets or none. Raises PolicyError for a policy that the schema cannot meet.
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
    pseudonym, proof = prove(
        credential,
        signature,
        policy_statements(policy, keys=keys, scope=scope),
        presentation_header=presentation_header(
            context_id=scope.context_id,
            purpose=scope.purpose,
            freshness=freshness,
            action=action,
            head=head,
        ),
    )
    return Presentation(
        purpose=scope.purpose,
        instance=scope.instance,
        freshness=freshness,
        head=head,
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
    action: bytes = b"",
    head: bytes = b"",
) -> VerifiedPresentation:
    """The verified content of a presentation, or PresentationRefused.

    `freshness` is the nonce that this verifier gave out (32 octets; its single use is the caller's
    to keep), or the time slot that it accepts. Raises PolicyError for a policy that the schema
    cannot meet.
    """
    policy.check(verifier.schema)
    _check_purpose(policy, scope)
    if (presentation.purpose, presentation.instance) != (scope.purpose, scope.instance):
        raise PresentationRefused("the presentation was made for another purpose or instance")
    if type(freshness) is not type(presentation.freshness) or freshness != presentation.freshness:
        raise PresentationRefused("the presentation was made for another nonce or time slot")
    if presentation.head != head:
        raise PresentationRefused("the presentation was made at another registry head")
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
        policy_statements(policy, keys=verifier, scope=scope),
        presentation_header=presentation_header(
            context_id=scope.context_id,
            purpose=scope.purpose,
            freshness=freshness,
            action=action,
            head=head,
        ),
    )
    if not hold(equations):
        raise PresentationRefused("the proof is not of a credential of this community")
    return VerifiedPresentation(
        scope=scope,
        pseudonym=presentation.pseudonym if policy.pseudonym else None,
        disclosed=disclosed,
    )


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
