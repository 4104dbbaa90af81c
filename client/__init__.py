"""What members and verifiers run: the wallet and door commands, and the SDK (`Verifier`).

`from client import Verifier` loads the curve only when it is used, so that commands start fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from client.nonce_store import NonceStore
    from client.verifier import Verifier
    from credentials.errors import HeadNotAccepted, PresentationRefused, SymbolonError
    from credentials.formats.policy import Policy

__all__ = [
    "HeadNotAccepted",
    "NonceStore",
    "Policy",
    "PresentationRefused",
    "SymbolonError",
    "Verifier",
]

_HOMES = {
    "HeadNotAccepted": "credentials.errors",
    "NonceStore": "client.nonce_store",
    "Policy": "credentials.formats.policy",
    "PresentationRefused": "credentials.errors",
    "SymbolonError": "credentials.errors",
    "Verifier": "client.verifier",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'client' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
