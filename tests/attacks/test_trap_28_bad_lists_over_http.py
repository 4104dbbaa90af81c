"""Trap 28 over HTTP: the service refuses each bad list, in an app's check, at a door and in a poll.

No answer is a failure of the server.
"""

import secrets
from typing import Any

import base45
import pytest

from credentials.domain_tags import QR_PREFIX
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.policy import Policy
from tests.attacks.bad_lists import BAD, Pairs, inside, with_bad
from tests.attacks.city import City, slug
from tests.attacks.wallet import Wallet, calm_slot, cast


def as_code(octets: bytes) -> str:
    """The text of a QR picture, of whatever size."""
    return QR_PREFIX + base45.b45encode(octets).decode()


@pytest.mark.parametrize("pairs", BAD, ids=lambda pairs: str(pairs)[:60])
def test_trap_28_the_service_refuses_each_bad_list(
    city: City, mia: Wallet, poll: Manifest, pairs: Pairs
):
    """An app's check, a door and a poll; a schema whose only index to disclose is 3."""
    policy = Policy(purpose="login", disclose=("pass",))
    nonce = secrets.token_bytes(32)
    made = mia.shown_to("cafe", nonce=nonce, policy=policy).to_cbor()
    body = {
        "policy": policy.to_json(),
        "nonce": base64url.encode(nonce),
        "presentation": base64url.encode(with_bad(made, pairs)),
    }
    answer = city.post("/presentations/verify", body, bearer="cafe")
    assert answer.status_code in (200, 400, 413, 422), answer.text
    assert answer.status_code != 200 or answer.json()["verdict"] == "refused"

    slot = calm_slot(seconds=5)
    code = mia.presentation("gate", slot=slot).to_cbor()
    answer = city.post(
        "/doors/gate/checkins", {"code": as_code(with_bad(code, pairs))}, bearer="gate"
    )
    assert answer.status_code in (200, 400, 413, 422), answer.text
    assert answer.status_code != 200 or answer.json()["verdict"] == "invalid"

    ballot = mia.ballot(poll, 1)
    octets = inside(ballot.to_cbor(), with_bad(ballot.presentation.to_cbor(), pairs))
    refused = cast(city, poll.poll, octets)
    assert refused.status_code == 400, refused.text
    assert slug(refused) in ("ballot-refused", "encoding-refused")


@pytest.mark.parametrize(
    "policy",
    [
        {"disclose": ["pass", "pass"]},
        {"disclose": ["handle"]},
        {"disclose": ["serial"]},
        {"disclose": ["no-such-attribute"]},
        {"disclose": [""]},
        {"disclose": [2]},
        {"disclose": [None]},
        {"disclose": [["pass"]]},
        {"disclose": "pass"},
        {"disclose": {"pass": 1}},
        {"disclose": ["pass"] * 5000},
        {"require": ["serial >= 1"]},
        {"require": ["pass >= 1"]},
        {"require": ["valid_until >= today", "valid_until >= today"]},
        {"require": [""]},
        {"require": [-1]},
        {"require": [[]]},
        {"require": ["reissued >= 0"] * 9},
        {"require": None},
    ],
    ids=lambda policy: str(policy)[:50],
)
def test_trap_28_a_policy_with_a_bad_list_is_refused(
    city: City, mia: Wallet, policy: dict[str, Any]
):
    nonce = secrets.token_bytes(32)
    shown = mia.shown_to("cafe", nonce=nonce).to_cbor()
    body = {
        "policy": {"purpose": "login", **policy},
        "nonce": base64url.encode(nonce),
        "presentation": base64url.encode(shown),
    }
    for path, sent in (
        ("/presentations/verify", body),
        ("/presentations/requests", {"policy": body["policy"]}),
    ):
        answer = city.post(path, sent, bearer="cafe")
        assert answer.status_code in (400, 413, 422), (path, answer.text)
        assert slug(answer), answer.text
