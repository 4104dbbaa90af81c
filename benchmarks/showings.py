"""What is measured of the protocol: members, and each kind of presentation that they make.

Every presentation proves signature, pseudonym and registry, with 8 signed messages (handle and
serial among them) and 2 disclosed; some prove a range too. Each is verified as a verifier does it,
from its own keys, policy, scope and nonce.
"""

import secrets
from dataclasses import dataclass

from credentials.formats.manifest import Manifest
from credentials.formats.policy import Policy
from credentials.formats.poll import FIRST_SEQUENCE, Ballot
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.polls import make_ballot
from credentials.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    check_presentation,
    present,
    verify_presentation,
)
from credentials.scope import Scope, app_scope, day_of_slot, door_scope
from tests.community import DOORS, EVENT, Community

DISCLOSED = ("reissued", "pass")
SLOT = 60_000_000  # in January 2027, before the passes of tests.community end
TODAY = day_of_slot(SLOT)
VISIT = Policy(purpose="visit", disclose=DISCLOSED)
AT_DOOR = Policy(purpose="door", disclose=DISCLOSED)
WITH_DATE = Policy(
    purpose="visit",
    disclose=DISCLOSED,
    require=(Requirement(attribute="valid_until", operator=">=", bound="today"),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One presentation, with all that its verifier knows itself."""

    presentation: Presentation
    verifier: VerifierKeys
    policy: Policy
    scope: Scope
    freshness: int | bytes

    def verify(self) -> VerifiedPresentation:
        """Verify it alone."""
        return verify_presentation(
            self.presentation,
            verifier=self.verifier,
            policy=self.policy,
            scope=self.scope,
            freshness=self.freshness,
            today=TODAY,
        )

    def check(self) -> PendingPresentation:
        """Everything but the pairings, which `settle` checks for many."""
        return check_presentation(
            self.presentation,
            verifier=self.verifier,
            policy=self.policy,
            scope=self.scope,
            freshness=self.freshness,
            today=TODAY,
        )


def to_app(
    community: Community, credential: Credential, *, policy: Policy = VISIT, nonce: bytes = b""
) -> Showing:
    """A presentation to an app, which gave out this nonce, or one of its own."""
    scope = app_scope("visit", "https://cafe.example/answer")
    freshness = nonce or secrets.token_bytes(32)
    return Showing(
        presentation=present(
            credential, policy=policy, scope=scope, freshness=freshness, today=TODAY
        ),
        verifier=community.verifier,
        policy=policy,
        scope=scope,
        freshness=freshness,
    )


def at_door(community: Community, credential: Credential) -> Showing:
    """A code for a door that admits once, in a slot that everybody shares."""
    scope = door_scope(community.metadata.community_id, EVENT, DOORS[0].mode, SLOT)
    return Showing(
        presentation=present(credential, policy=AT_DOOR, scope=scope, freshness=SLOT),
        verifier=community.verifier,
        policy=AT_DOOR,
        scope=scope,
        freshness=SLOT,
    )


def poll(community: Community) -> Manifest:
    """A poll whose roll is the newest registry head: ballots prove a serial on it."""
    metadata = community.metadata
    return Manifest(
        community_id=metadata.community_id,
        issuer_id=metadata.keys.issuer_id,
        registry_id=metadata.keys.registry_id,
        schema_id=metadata.schema.schema_id,
        poll="fountain",
        question="Shall the fountain be repaired?",
        options=("yes", "no"),
        opens_at=metadata.published_at,
        closes_at=metadata.published_at + 86_400,
        origin="city.example/polls/fountain",
        head=community.heads.newest.hash,
        require=(("reissued", 0), ("pass", "resident")),
    )


def vote(
    community: Community, credential: Credential, *, manifest: Manifest, choice: int
) -> Ballot:
    """A ballot in the poll."""
    return make_ballot(
        credential,
        manifest=manifest,
        head=community.heads.newest,
        marks=(choice,),
        sequence=FIRST_SEQUENCE,
    )
