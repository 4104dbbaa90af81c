"""Blind issue, prove and verify: 8 signed messages, handle and serial among them, 2 disclosed."""

import os
import secrets
import subprocess
import sys

from benchmarks.measure import Row, rows_against_reference, show, take_turns
from credentials.curve import curve
from credentials.formats.policy import Policy
from credentials.formats.qr import to_qr_text
from credentials.holder import accept
from credentials.issuance import commit, derive_secrets, draw_handle
from credentials.presentation import present, verify_presentation
from credentials.scope import app_scope, door_scope
from tests.community import DOORS, EVENT, Community

AIMS = {
    "blind issue (check commitment, sign)": "1.6 R",
    "prove: signature + pseudonym": "2.0 R",
    "verify: signature + pseudonym": "2.6 R",
}
ROUNDS = {"blst": 200, "py_ecc": 3}


def main() -> None:
    """Print the table of the curve in use; on blst, then that of py_ecc."""
    community = Community()
    own = derive_secrets(
        secrets.token_bytes(16), issuer_id=community.metadata.keys.issuer_id, count=0
    )
    nonce = secrets.token_bytes(32)
    commitment = commit(own, nonce=nonce)
    handle = draw_handle()

    def issue() -> object:
        return community.issuer.issue(
            commitment, nonce=nonce, handle=handle, serial=1, attributes=community.attributes()
        )

    issued = community.issuer.issue(
        commitment, nonce=nonce, handle=handle, serial=1, attributes=community.attributes()
    )
    credential = accept(issued, secrets=own, metadata=community.metadata)
    policy = Policy(purpose="visit", disclose=("reissued", "pass"))
    scope = app_scope("visit", "https://cafe.example/answer")

    def prove() -> object:
        return present(credential, policy=policy, scope=scope, freshness=nonce)

    shown = present(credential, policy=policy, scope=scope, freshness=nonce)

    def verify() -> object:
        return verify_presentation(
            shown, verifier=community.verifier, policy=policy, scope=scope, freshness=nonce
        )

    medians = take_turns(
        {
            "blind issue (check commitment, sign)": issue,
            "prove: signature + pseudonym": prove,
            "verify: signature + pseudonym": verify,
            "wallet: commit": lambda: commit(own, nonce=nonce),
            "wallet: accept (all checks, keys decoded)": lambda: accept(
                issued, secrets=own, metadata=community.metadata
            ),
        },
        rounds=ROUNDS[curve.name],
    )
    show(
        f"Protocol on {curve.name}, medians of {ROUNDS[curve.name]}",
        rows_against_reference(medians, aims=AIMS if curve.name == "blst" else {}),
    )
    if curve.name != "blst":
        return
    door_policy = Policy(purpose="door", disclose=("reissued",))
    code = present(
        credential,
        policy=door_policy,
        scope=door_scope(community.metadata.community_id, EVENT, DOORS[0].mode, 59_000_000),
        freshness=59_000_000,
    )
    show(
        "Octets",
        [
            Row(name="commitment with proof", figure=f"{len(commitment):6}"),
            Row(name="issued credential", figure=f"{len(issued.to_cbor()):6}"),
            Row(
                name="proof and pseudonym, 2 of 8 disclosed",
                figure=f"{len(shown.proof) + len(shown.pseudonym):6}",
            ),
            Row(name="presentation to an app", figure=f"{len(shown.to_cbor()):6}"),
            Row(name="door code", figure=f"{len(code.to_cbor()):6}", aim="at most 828"),
            Row(name="door code, characters", figure=f"{len(to_qr_text(code.to_cbor())):6}"),
            Row(name="signed metadata", figure=f"{len(community.signed.octets):6}"),
        ],
    )
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, "-m", "benchmarks.protocol"],
        env={**os.environ, "SYMBOLON_CURVE": "py_ecc"},
        check=True,
    )


if __name__ == "__main__":
    main()
