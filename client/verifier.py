"""The SDK: an app checks memberships by itself, with nothing but the community's metadata.

    verifier = Verifier("community.json", app="cafe")
    verifier.request({"purpose": "login"})   -> JSON to serve to the wallet
    verifier.verify(answer)                  -> VerifiedPresentation, or PresentationRefused

The network is used only where metadata is given by its address, once, when the Verifier is made.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from typing import Any

from client.community import load_signed, parse_fingerprint, pinned, show_fingerprint
from client.errors import ClientError
from client.nonce_store import MemoryNonceStore, NonceStore
from credentials.errors import PresentationRefused, SymbolonError
from credentials.formats import base64url
from credentials.formats.metadata import App, Metadata, SignedMetadata
from credentials.formats.policy import Policy
from credentials.formats.presentation import PRESENTATION_LIMIT, Presentation
from credentials.formats.request import PresentationRequest
from credentials.presentation import VerifiedPresentation, VerifierKeys, verify_presentation
from credentials.scope import app_scope

REQUEST_SECONDS = 300
NONCE_LENGTH = 32


class Verifier:
    """Checks presentations for one registered app; may be shared by all threads of a process.

    metadata: a file, a community's address, or the JSON object itself ({"metadata", "signature"}).
    app: the id under which the organiser registered the app. fingerprint: that of the community's
    metadata key, as text; without it the key found is trusted, and `fingerprint` tells which.
    nonces: where requests wait for their answer. Raises MetadataRefused, ClientError.
    """

    def __init__(
        self,
        metadata: str | Path | Mapping[str, Any],
        *,
        app: str,
        fingerprint: str | None = None,
        nonces: NonceStore | None = None,
        request_seconds: int = REQUEST_SECONDS,
    ) -> None:
        signed = (
            SignedMetadata.from_json(dict(metadata))
            if isinstance(metadata, Mapping)
            else load_signed(metadata)
        )
        pin = None if fingerprint is None else parse_fingerprint(fingerprint)
        published = pinned(signed, fingerprint=pin)
        self.metadata: Metadata = published.metadata
        self.fingerprint: str = show_fingerprint(published.fingerprint)
        self.app: App = _registered(self.metadata, app)
        self._keys = VerifierKeys.from_metadata(self.metadata)
        self._keys.warm()
        self._nonces: NonceStore = MemoryNonceStore() if nonces is None else nonces
        self._request_seconds = request_seconds

    def request(self, policy: Policy | Mapping[str, Any]) -> dict[str, str]:
        """A fresh request with a single-use nonce, as the JSON that a wallet fetches.

        Raises PolicyError for a policy that the community's schema cannot meet, or whose purpose is
        not `login` or `visit`.
        """
        asked = policy if isinstance(policy, Policy) else Policy.from_json(dict(policy))
        asked.check(self.metadata.schema)
        expires_at = int(time.time()) + self._request_seconds
        request = PresentationRequest(
            id=token_urlsafe(16),
            community_id=self.metadata.community_id,
            app=self.app.id,
            policy=asked,
            nonce=token_bytes(NONCE_LENGTH),
            expires_at=expires_at,
        )
        octets = request.to_cbor()
        self._nonces.put(request.id, octets, expires_at=expires_at)
        return {"request": base64url.encode(octets)}

    def verify(self, answer: Mapping[str, Any]) -> VerifiedPresentation:
        """Check a wallet's answer ({"request": id, "presentation": base64url}), without a network.

        The request is used up, whatever comes out. Raises PresentationRefused.
        """
        request_id, text = answer.get("request"), answer.get("presentation")
        if not isinstance(request_id, str) or not isinstance(text, str):
            raise PresentationRefused("the answer does not have 'request' and 'presentation'")
        octets = self._nonces.take(request_id)
        if octets is None:
            raise PresentationRefused("the request is unknown, answered before, or expired")
        request = PresentationRequest.from_cbor(octets)
        return check_answer(text, request=request, app=self.app, keys=self._keys)

    def __repr__(self) -> str:
        return f"Verifier({self.metadata.name!r}, app={self.app.id!r})"


def check_answer(
    presentation: str, *, request: PresentationRequest, app: App, keys: VerifierKeys
) -> VerifiedPresentation:
    """Check a presentation (base64url) against the request it answers. Raises PresentationRefused.

    Scope, nonce and policy are the request's and the app's own. That the request is answered only
    once is for the caller to keep.
    """
    try:
        shown = Presentation.from_cbor(base64url.decode(presentation, limit=PRESENTATION_LIMIT))
        return verify_presentation(
            shown,
            verifier=keys,
            policy=request.policy,
            scope=app_scope(request.policy.purpose, app.response_address),
            freshness=request.nonce,
        )
    except PresentationRefused:
        raise
    except SymbolonError as error:
        raise PresentationRefused(f"the presentation is malformed: {error}") from None


def _registered(metadata: Metadata, app: str) -> App:
    found = metadata.app(app)
    if found is None:
        names = ", ".join(listed.id for listed in metadata.apps) or "none"
        raise ClientError(f"{metadata.name} has no app {app!r}; registered are: {names}.")
    return found
