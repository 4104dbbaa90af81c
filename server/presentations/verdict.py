"""The verdict on a presentation for an app: verified, with what it shows, or refused, and why."""

from dataclasses import dataclass, field

from credentials.days import day_of
from credentials.errors import EncodingError, PresentationRefused
from credentials.formats.metadata import App
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.request import REQUEST_PURPOSES
from credentials.keys import VerifierKeys
from credentials.presentation import verify_presentation
from credentials.registry.chain import HeadChain
from credentials.scope import app_scope
from server.problems import PolicyRefused, PresentationMalformed

VERIFIED = "verified"
REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppVerdict:
    """`pseudonym` (48 octets, if asked for) and `disclosed` are empty unless verified."""

    verified: bool
    pseudonym: bytes | None = field(default=None, repr=False)
    disclosed: dict[str, str | int] = field(default_factory=dict, repr=False)
    reason: str | None = None

    @property
    def word(self) -> str:
        """`verified` or `refused`."""
        return VERIFIED if self.verified else REFUSED


def parse_presentation(octets: bytes) -> Presentation:
    """A presentation that can be judged; raises PresentationMalformed."""
    try:
        return Presentation.from_cbor(octets)
    except EncodingError as error:
        raise PresentationMalformed(f"The presentation cannot be decoded: {error}.") from None


def check_app_policy(policy: Policy, *, verifier: VerifierKeys) -> None:
    """Raise PolicyRefused for a purpose that is not an app's, PolicyError for a wrong attribute."""
    if policy.purpose not in REQUEST_PURPOSES:
        raise PolicyRefused(f"An app asks for the purposes {' and '.join(REQUEST_PURPOSES)} only.")
    policy.check(verifier.schema)


def judge_presentation(
    presentation: Presentation,
    *,
    app: App,
    policy: Policy,
    nonce: bytes,
    asked_at: int,
    verifier: VerifierKeys,
    heads: HeadChain,
    now: int,
) -> AppVerdict:
    """Verify in the scope of the app's registered origin, whoever hands the presentation over.

    It was made at a value of the registry that `heads` accept at `now`. `asked_at` (Unix seconds)
    is when the nonce was given out: its UTC day is what the policy calls today.
    """
    try:
        head = heads.accept(presentation.removals, now=now, max_age=policy.max_head_age)
        verified = verify_presentation(
            presentation,
            verifier=verifier.at(head),
            policy=policy,
            scope=app_scope(policy.purpose, app.response_address),
            freshness=nonce,
            today=day_of(asked_at),
        )
    except (EncodingError, PresentationRefused) as error:
        return AppVerdict(verified=False, reason=str(error))
    return AppVerdict(
        verified=True, pseudonym=verified.pseudonym, disclosed=dict(verified.disclosed)
    )
