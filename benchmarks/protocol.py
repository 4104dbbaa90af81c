"""Blind issue, prove and verify: 8 signed messages, handle and serial among them, 2 disclosed."""

import os
import secrets
import subprocess
import sys

from benchmarks.measure import Row, rows_against_reference, show, take_turns
from benchmarks.showings import WITH_DATE, at_door, poll, to_app, vote
from credentials.curve import curve
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.holder import accept
from credentials.issuance import commit
from credentials.polls import verify_ballots
from tests.community import Community

ISSUE = "blind issue (check commitment, sign)"
PROVE = "prove: signature, pseudonym, registry"
PROVE_DATE = "prove: the same and one date range"
PROVE_SERIAL = "prove: the same and the serial range (a ballot)"
VERIFY = "verify: signature, pseudonym, registry, in an app's scope"
VERIFY_DOOR = "verify: the same at a door, in one scope for all"
VERIFY_DATE = "verify: the same and one date range"
VERIFY_SERIAL = "verify: the same and the serial range (a ballot)"
AIMS = {
    ISSUE: "1.2 R",
    PROVE: "2.0 R",
    VERIFY: "3.0 R",
    VERIFY_DOOR: "3.0 R",
    VERIFY_DATE: "4.3 R",
    VERIFY_SERIAL: "5.0 R",
}
ROUNDS = {"blst": 200, "py_ecc": 3}
WARM = {"blst": 100, "py_ecc": 1}  # a service builds its tables once they pay


def main() -> None:
    """Print the tables of the curve in use; on blst, then that of py_ecc."""
    community = Community()
    community.publish()  # a later head than the first, which has no hash of one before it
    member = community.enrol()
    own, issued, credential = member.secrets, member.issued, member.credential
    metadata, manifest = community.metadata, poll(community)
    nonce = secrets.token_bytes(32)
    commitment = commit(own, metadata=metadata, nonce=nonce)
    shown, dated = to_app(community, credential), to_app(community, credential, policy=WITH_DATE)
    code = at_door(community, credential)
    ballot = vote(community, credential, manifest=manifest, choice=1)
    head = community.heads.newest
    medians = take_turns(
        {
            ISSUE: lambda: community.issuer.issue(
                commitment,
                nonce=nonce,
                handle=issued.handle,
                serial=issued.serial,
                attributes=community.attributes(),
            ),
            "witness at issuance": lambda: community.issuer.witness(head, handle=issued.handle),
            PROVE: lambda: to_app(community, credential, nonce=nonce),
            PROVE_DATE: lambda: to_app(community, credential, policy=WITH_DATE, nonce=nonce),
            PROVE_SERIAL: lambda: vote(community, credential, manifest=manifest, choice=1),
            VERIFY: shown.verify,
            VERIFY_DOOR: code.verify,
            VERIFY_DATE: dated.verify,
            VERIFY_SERIAL: lambda: verify_ballots(
                [ballot], manifest=manifest, verifier=community.verifier
            ),
            "wallet: commit": lambda: commit(own, metadata=metadata, nonce=nonce),
            "wallet: accept, all checks, keys decoded": lambda: accept(
                issued, secrets=own, metadata=metadata
            ),
            "wallet: check the witness": lambda: credential.at(
                head, witness=credential.witness_octets
            ),
        },
        rounds=ROUNDS[curve.name],
        warm=WARM[curve.name],
    )
    show(
        f"Protocol on {curve.name}, medians of {ROUNDS[curve.name]}",
        rows_against_reference(medians, aims=AIMS if curve.name == "blst" else {}),
    )
    if curve.name != "blst":
        return
    three = _proof(shown.presentation)
    qr_code = code.presentation.to_cbor()
    octets: list[tuple[str, int, str]] = [
        ("proof and pseudonym: three statements, 2 of 8 disclosed", three, "704"),
        ("  one date range more", _proof(dated.presentation) - three, "288"),
        ("  the serial range more", _proof(ballot.presentation) - three, "448"),
        ("commitment with proof", len(commitment), ""),
        ("issued credential", len(issued.to_cbor()), ""),
        ("witness", len(credential.witness_octets), ""),
        ("presentation to an app", len(shown.presentation.to_cbor()), ""),
        ("presentation to an app, with one date range", len(dated.presentation.to_cbor()), ""),
        ("ballot", len(ballot.to_cbor()), ""),
        ("door code", len(qr_code), "at most 828"),
        ("door code, characters", len(to_qr_text(qr_code)), ""),
        ("signed metadata", len(community.signed.octets), ""),
        ("signed registry head", len(head.to_cbor()) + 64, ""),
        ("entry of the log, for each removal", 80, ""),
        ("digit table, once for each wallet", len(community.digits), ""),
    ]
    show("Octets", [Row(name=name, figure=f"{count:6}", aim=aim) for name, count, aim in octets])
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, "-m", "benchmarks.protocol"],
        env={**os.environ, "SYMBOLON_CURVE": "py_ecc"},
        check=True,
    )


def _proof(presentation: Presentation) -> int:
    return len(presentation.proof) + len(presentation.pseudonym)


if __name__ == "__main__":
    main()
