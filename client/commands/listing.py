"""`symbolon wallet list`, `show` and `refresh`: what the wallet holds, without any secret."""

from functools import partial
from typing import TYPE_CHECKING, Any

from client.commands.terminal import (
    CommunityOption,
    CredentialOption,
    JsonOption,
    PassphraseOption,
    WalletOption,
    note,
    open_wallet,
    progress,
    say,
    say_json,
    say_rows,
)

if TYPE_CHECKING:
    from client.wallet.contents import WalletContents
    from client.wallet.holdings import Holding


def list_credentials(
    *,
    wallet: WalletOption,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List your credentials, numbered."""
    from client.wallet.holdings import holdings

    contents = open_wallet(wallet, passphrase_file).read()
    rows = [_summary(holding, contents=contents) for holding in holdings(contents)]
    if as_json:
        say_json(rows)
        return
    if not rows:
        say("No credential yet; `symbolon wallet claim LINK` gets one.")
    for row in rows:
        shown = ", ".join(f"{name} {value}" for name, value in row["attributes"].items())
        say(f"{row['number']}  {row['community']}  ({row['address']})\n   {shown}")
    waiting = sum(len(membership.claims) for membership in contents.memberships)
    if waiting:
        note(f"Claims without an answer: {waiting}; use the same link again.")


def show(
    *,
    wallet: WalletOption,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one credential: what it says, where it can be shown, and your ballots."""
    from client.wallet.holdings import choose

    contents = open_wallet(wallet, passphrase_file).read()
    holding = choose(contents, community=community, number=credential)
    summary = _summary(holding, contents=contents) | _places(holding)
    if as_json:
        say_json(summary)
        return
    say_rows(
        [
            ("Community", summary["community"]),
            ("Address", summary["address"]),
            ("Fingerprint", summary["fingerprint"]),
        ]
    )
    say("\nYour credential says")
    say_rows([(f"  {name}", value) for name, value in summary["attributes"].items()])
    say("\nWhere you can show it")
    rows = [(f"  door {d['door']}", f"{d['name']}, {d['event']}") for d in summary["doors"]]
    rows += [(f"  app {a['app']}", f"{a['name']}, {a['origin']}") for a in summary["apps"]]
    say_rows(rows or [("  nowhere yet", "")])
    if summary["votes"]:
        say("\nYour ballots")
        for vote in summary["votes"]:
            state = "counted" if vote["confirmed"] else "not confirmed; vote again to send it again"
            say_rows([(f"  {vote['question']}", state), ("  ballot", vote["ballot"])])


def refresh(
    *,
    wallet: WalletOption,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch what your communities publish now, and the newest state of your credentials."""
    from client.community import check_newer, pinned
    from client.issuer import IssuerClient
    from client.transport import Transport
    from client.wallet.restore import restore, with_restored

    vault = open_wallet(wallet, passphrase_file)
    contents = vault.read()
    rows = []
    with Transport() as transport, progress("Asking your communities") as report:
        for membership in contents.memberships:
            issuer = IssuerClient(membership.address, transport=transport)
            published = pinned(issuer.metadata(), fingerprint=membership.fingerprint)
            check_newer(membership.signed, published=published)
            restored = restore(
                contents.seed,
                issuer=issuer,
                published=published,
                known=membership,
                progress=report,
            )
            vault.change(partial(with_restored, restored=restored))
            rows.append(
                {
                    "community": published.metadata.name,
                    "credentials": len(restored.membership.enrolments),
                    "ended": len(restored.retired),
                }
            )
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['community']}: up to date, {row['credentials']} credential(s).")


def _summary(holding: "Holding", *, contents: "WalletContents") -> dict[str, Any]:
    from client.community import show_fingerprint
    from client.wallet.enrolling import credential_of

    membership = holding.membership
    credential = credential_of(contents.seed, membership=membership, enrolment=holding.enrolment)
    schema = membership.metadata.schema
    return {
        "number": holding.number,
        "community": membership.metadata.name,
        "address": membership.address,
        "fingerprint": show_fingerprint(membership.fingerprint),
        "attributes": {
            name: schema.show_text(name, value) for name, value in credential.attributes.items()
        },
    }


def _places(holding: "Holding") -> dict[str, Any]:
    from credentials.formats import base64url
    from credentials.scope import origin_of

    metadata = holding.membership.metadata
    events = {event.id: event.name for event in metadata.events}
    return {
        "doors": [
            {"door": d.id, "name": d.name, "event": events[d.event], "mode": d.mode}
            for d in metadata.doors
        ],
        "apps": [
            {"app": app.id, "name": app.name, "origin": origin_of(app.response_address)}
            for app in metadata.apps
        ],
        "votes": [
            {
                "poll": vote.poll,
                "question": vote.question,
                "answer": vote.answer,
                "ballot": base64url.encode(vote.ballot_hash),
                "confirmed": vote.confirmed,
            }
            for vote in holding.membership.votes
            if vote.count == holding.enrolment.count
        ],
    }
