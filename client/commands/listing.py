"""`symbolon wallet list`, `show` and `refresh`: what the wallet holds, without any secret."""

from typing import TYPE_CHECKING, Any

from client.commands.terminal import (
    CommunityOption,
    CredentialOption,
    JsonOption,
    PassphraseOption,
    WalletOption,
    note,
    open_wallet,
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
        if row["ended"]:
            say(f"   {row['ended']}")
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
            ("Standing", summary["ended"] or summary["current"]),
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
            number = f"number {vote['number']}, {vote['state']}"
            say_rows([(f"  {vote['question']}", number), ("  ballot", vote["ballot"])])


def _summary(holding: "Holding", *, contents: "WalletContents") -> dict[str, Any]:
    from client.community import show_fingerprint
    from client.wallet.enrolling import credential_of
    from client.wallet.standing import current_in_words, ended_in_words

    membership, enrolment = holding.membership, holding.enrolment
    credential = credential_of(contents.seed, membership=membership, enrolment=enrolment)
    schema = membership.metadata.schema
    ended = ended_in_words(enrolment, membership=membership) if enrolment.ended else None
    return {
        "number": holding.number,
        "community": membership.metadata.name,
        "address": membership.address,
        "fingerprint": show_fingerprint(membership.fingerprint),
        "attributes": {
            name: schema.show_text(name, value) for name, value in credential.attributes.items()
        },
        "ended": ended,
        "current": None if ended else current_in_words(enrolment, membership=membership),
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
                "number": vote.sequence,
                "ballot": base64url.encode(vote.leaf_hash),
                "state": vote.state,
            }
            for vote in holding.membership.votes
            if vote.count == holding.enrolment.count
        ],
    }
