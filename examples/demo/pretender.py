"""Somebody whose pass has ended, with a wallet that was changed to prove its last day instead."""

from pathlib import Path

from client.errors import ServerRefused
from client.published import PublishedClient
from client.transport import Transport
from client.wallet.holdings import choose
from client.wallet.showing import fetch_request, find_app, send_answer
from client.wallet.standing import stand
from client.wallet.vault import Vault
from credentials.presentation import present
from credentials.scope import app_scope


def show_ended_pass(wallet: Path, *, passphrase: str, link: str) -> str:
    """Prove `valid_until >= today` for the pass's own last day; the app's words of refusal."""
    vault = Vault.open(wallet, passphrase=passphrase)
    holding = choose(vault.read())
    metadata = holding.membership.metadata
    with Transport() as transport:
        request = fetch_request(link, transport=transport)
        app = find_app(metadata, request=request)
        service = PublishedClient(metadata.address, transport=transport)
        standing = stand(vault, holding=holding, service=service, value=request.value, at_once=True)
        credential = standing.credential
        proof = present(
            credential,
            policy=request.policy,
            scope=app_scope(request.policy.purpose, app.response_address),
            freshness=request.nonce,
            today=int(credential.attributes["valid_until"]),
        )
        try:
            return send_answer(proof, request=request, app=app, transport=transport)
        except ServerRefused as refused:
            return str(refused)
