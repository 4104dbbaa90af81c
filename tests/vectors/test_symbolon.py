"""Symbolon's own vectors hold for the product and for the second opinion, and come out again."""

import hashlib

import pytest
from py_arkworks_bls12381 import G1Point

from credentials.curve import curve
from credentials.formats.credential import IssuedCredential
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text, to_qr_text
from credentials.holder import Credential, accept
from credentials.issuance import (
    commitment_nonce,
    commitment_of,
    derive_secrets,
    signer_nym_entropy,
)
from credentials.polls import VerifiedBallot, verify_ballots
from credentials.presentation import verify_presentation
from credentials.registry.digits import make_digits, open_digits
from credentials.registry.log import read_entries
from tests.vectors import symbolon
from tests.vectors.generate_symbolon import generate
from tests.vectors.second_curve import (
    API_ID,
    BP1,
    BP2,
    P1,
    equal,
    generators,
    hash_to_scalar,
    key,
    octets32,
    times,
    total,
)
from tests.vectors.second_curve import octets as encoded
from tests.vectors.second_opinion import (
    context_of,
    domain_and_generators,
    header_of,
    opinion,
    ranges,
    value_scalar,
)
from tests.vectors.second_prover import Randomness, RangeRandomness, Secrets, prove
from tests.vectors.second_registry import (
    digit_table,
    head_hash,
    holds,
    in_g2,
    log_entry,
    merkle_root,
    value_after,
    witness_of,
)
from tests.vectors.second_wallet import bound_nonce, secret_of
from tests.vectors.symbolon import load, octets, scalar

COMMUNITY = load("community.json")
REGISTRY = load("registry.json")
CREDENTIAL = load("credential.json")
SECRET = {name: int(text, 16) for name, text in COMMUNITY["secret"].items()}
PRESENTATIONS = pytest.mark.parametrize("name", symbolon.names("presentations"))


def held(*, epoch: int) -> Credential:
    """The credential of the vectors, taken as a wallet does, at a head."""
    metadata = symbolon.metadata()
    own = derive_secrets(octets(CREDENTIAL["seed"]), metadata=metadata, count=CREDENTIAL["count"])
    issued = IssuedCredential.from_cbor(octets(CREDENTIAL["issued"]))
    credential = accept(issued, secrets=own, metadata=metadata)
    first = symbolon.head(CREDENTIAL["epoch"])
    credential = credential.at(first, witness=octets(CREDENTIAL["witness"]))
    table = make_digits(SECRET["xi"])
    credential = credential.with_digits(open_digits(table, digit_key=metadata.keys.digit_key))
    head = symbolon.head(epoch)
    log = read_entries([octets(entry) for entry in REGISTRY["log"]])
    if epoch >= first.epoch:
        return credential.updated(head, removals=log[first.removals : head.removals])
    return credential.rewound(head, removals=log[head.removals : first.removals])


def test_the_generator_writes_the_files_octet_by_octet() -> None:
    made = generate()
    paths = {str(path.relative_to(symbolon.FOLDER)) for path in symbolon.FOLDER.rglob("*.json")}
    assert paths == set(made)
    for path, text in made.items():
        assert (symbolon.FOLDER / path).read_bytes() == text.encode(), path


def test_the_community_follows_from_its_secrets() -> None:
    keys = symbolon.metadata().keys
    for name, mine in (("issuerKey", "x"), ("registryKey", "alpha"), ("digitKey", "xi")):
        assert octets(COMMUNITY[name]) == in_g2(SECRET[mine])
    assert octets(COMMUNITY["registryKeyG1"]) == encoded(times(BP1, SECRET["alpha"]))
    issuer_id = hashlib.sha256(octets(COMMUNITY["issuerKey"])).hexdigest()
    assert COMMUNITY["issuerId"] == issuer_id == keys.issuer_id.hex()
    registry = octets(COMMUNITY["registryKey"]) + octets(COMMUNITY["digitKey"])
    assert COMMUNITY["registryId"] == hashlib.sha256(registry).hexdigest()
    assert COMMUNITY["schemaId"] == hashlib.sha256(octets(COMMUNITY["schemaCbor"])).hexdigest()
    assert symbolon.metadata().schema.to_json() == COMMUNITY["schema"]
    assert symbolon.metadata().credential_header.hex() == COMMUNITY["header"]
    domain, q_1, every = domain_and_generators(symbolon.metadata())
    assert COMMUNITY["apiId"] == API_ID.decode()
    assert octets(COMMUNITY["p1"]) == encoded(P1)
    assert octets(COMMUNITY["q1"]) == encoded(q_1)
    assert [octets(one) for one in COMMUNITY["generators"]] == [encoded(one) for one in every]
    assert scalar(COMMUNITY["domain"]) == domain == symbolon.verifier_keys().domain


def test_heads_log_and_witnesses_are_those_of_the_definition() -> None:
    log = [octets(entry) for entry in REGISTRY["log"]]
    handles = [int.from_bytes(entry[:32], "big") for entry in log]
    alpha, u = SECRET["alpha"], SECRET["u"]
    own = scalar(REGISTRY["handle"])
    before = b""
    for found, head in zip(REGISTRY["heads"], symbolon.chain().heads, strict=True):
        assert octets(found["hash"]) == head.hash == head_hash(head)
        assert octets(found["previous"]) == head.previous == before
        before = head.hash
        count = found["removals"]
        value = value_after(u, handles[:count], alpha=alpha)
        assert octets(found["value"]) == head.value == encoded(value)
        assert octets(found["root"]) == head.root == merkle_root(log[:count])
        witness = witness_of(u, handles[:count], handle=own, alpha=alpha)
        assert octets(REGISTRY["witnesses"][head.epoch]["witness"]) == encoded(witness)
        assert holds(witness, handle=own, value=value, registry_key=key(in_g2(alpha)))
        assert held(epoch=head.epoch).witness_octets == encoded(witness)
        said = (found["highestSerial"], found["publishedAt"], found["nextAt"], found["grace"])
        assert said == (head.highest_serial, head.published_at, head.next_at, head.grace)
    for count, entry in enumerate(log, start=1):
        assert entry == log_entry(handles[count - 1], value_after(u, handles[:count], alpha=alpha))
    for found in REGISTRY["accepted"]:
        accepted = symbolon.chain().accepted(now=found["now"])
        assert [head.epoch for head in accepted] == found["epochs"]


def test_the_digit_table_is_that_of_the_definition() -> None:
    found = load("digits.json")
    table = digit_table(SECRET["xi"])
    assert hashlib.sha256(table).hexdigest() == found["sha256"]
    for digit, point in found["points"].items():
        assert table[48 * int(digit) :][:48] == octets(point)
    assert octets(found["digitKey"]) == in_g2(SECRET["xi"])
    open_digits(table, digit_key=octets(found["digitKey"]))


def test_the_credential_comes_from_the_wallets_seed() -> None:
    own = derive_secrets(octets(CREDENTIAL["seed"]), metadata=symbolon.metadata(), count=0)
    community_id = octets(COMMUNITY["communityId"])
    prover_nym, secret_prover_blind = (
        secret_of(
            octets(CREDENTIAL["seed"]),
            name,
            community_id=community_id,
            issuer_id=octets(COMMUNITY["issuerId"]),
            count=CREDENTIAL["count"],
        )
        for name in ("prover_nym", "secret_prover_blind")
    )
    assert own.prover_nym == scalar(CREDENTIAL["proverNym"]) == prover_nym
    assert own.secret_prover_blind == scalar(CREDENTIAL["secretProverBlind"]) == secret_prover_blind
    q_2, j_1 = generators(2, b"BLIND_" + API_ID)
    commitment = total([times(q_2, own.secret_prover_blind), times(j_1, own.prover_nym)])
    assert octets(CREDENTIAL["commitment"]) == encoded(commitment)
    assert curve.encode_g1(commitment_of(own)) == encoded(commitment)

    s_tilde, m_tilde = (scalar(CREDENTIAL["randomness"][name]) for name in ("sTilde", "mTilde"))
    cbar = total([times(q_2, s_tilde), times(j_1, m_tilde)])
    header = octets(COMMUNITY["header"])
    nonce = bound_nonce(octets(CREDENTIAL["nonce"]), community_id=community_id, header=header)
    assert nonce == octets(CREDENTIAL["boundNonce"])
    assert nonce == commitment_nonce(
        octets(CREDENTIAL["nonce"]), community_id=community_id, header=header
    )
    transcript = (1).to_bytes(8, "big") + encoded(q_2, j_1, commitment, cbar)
    c = hash_to_scalar(transcript + (32).to_bytes(8, "big") + nonce, API_ID + b"H2S_")
    responses = (s_tilde + own.secret_prover_blind * c, m_tilde + own.prover_nym * c, c)
    proven = encoded(commitment) + b"".join(map(octets32, responses))
    assert octets(CREDENTIAL["commitmentWithProof"]) == proven

    pk = octets(COMMUNITY["issuerKey"])
    label = b"symbolon/nym-entropy/1"
    entropy = hash_to_scalar(label + pk + encoded(commitment), API_ID + b"H2S_")
    assert entropy == scalar(CREDENTIAL["signerNymEntropy"])
    assert entropy == signer_nym_entropy(pk=pk, commitment=encoded(commitment))


def test_the_credential_is_signed_over_its_scalars() -> None:
    scalars = [scalar(text) for text in CREDENTIAL["scalars"]]
    nym_secret = scalar(CREDENTIAL["proverNym"]) + scalar(CREDENTIAL["signerNymEntropy"])
    values = map(value_scalar, CREDENTIAL["attributes"].values())
    head = [scalar(CREDENTIAL["handle"]), CREDENTIAL["serial"], *values]
    blind = scalar(CREDENTIAL["secretProverBlind"])
    assert list(map(octets32, scalars)) == list(map(octets32, (*head, blind, nym_secret)))
    domain, q_1, every = domain_and_generators(symbolon.metadata())
    point_b = total([P1, times(q_1, domain), *map(times, every, scalars)])
    assert octets(CREDENTIAL["pointB"]) == encoded(point_b)
    signature = octets(CREDENTIAL["signature"])
    point_a, e = G1Point.from_compressed_bytes(signature[:48]), int.from_bytes(signature[48:])
    assert e == hash_to_scalar(octets32(SECRET["x"]) + encoded(point_b), API_ID + b"H2S_")
    assert equal(point_a, key(octets(COMMUNITY["issuerKey"])), point_b + -times(point_a, e))
    assert held(epoch=1).scalars == tuple(scalars)
    issued = IssuedCredential.from_cbor(octets(CREDENTIAL["issued"]))
    assert issued.signature == signature
    assert BP2.to_compressed_bytes()[:1] == b"\x93"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.py_ecc if name == "date" else ())
        for name in symbolon.names("presentations")
    ],
)
def test_product_and_second_opinion_accept_each_presentation(name: str) -> None:
    found = load(f"presentations/{name}.json")
    made = octets(found["presentation"])
    verified = verify_presentation(Presentation.from_cbor(made), **symbolon.asked_by(found))
    expected = symbolon.expected_by(found)
    pseudonym, disclosed = opinion(made, expected)
    assert pseudonym == (verified.pseudonym or b"") == octets(found["pseudonym"])
    assert disclosed == dict(verified.disclosed)
    assert list(disclosed.values()) == [one["value"] for one in found["disclosed"]]
    assert octets(found["contextId"]) == context_of(expected)
    assert octets(found["presentationHeader"]) == header_of(expected)
    assert [tuple(one.values()) for one in found["statements"]] == ranges(
        symbolon.metadata().schema, expected.require
    )


@PRESENTATIONS
def test_a_second_prover_makes_the_same_octets_from_the_named_randomness(name: str) -> None:
    found = load(f"presentations/{name}.json")
    signature = octets(CREDENTIAL["signature"])
    table = digit_table(SECRET["xi"])
    points = [table[at : at + 48] for at in range(0, len(table), 48)]
    secrets = Secrets(
        point_a=G1Point.from_compressed_bytes(signature[:48]),
        e=int.from_bytes(signature[48:]),
        scalars=[scalar(text) for text in CREDENTIAL["scalars"]],
        witness=G1Point.from_compressed_bytes(octets(found["witness"])),
        digits=[G1Point.from_compressed_bytes(point) for point in points],
    )
    drawn = found["randomness"]
    randomness = Randomness(
        m_tildes={int(index): scalar(text) for index, text in drawn["mTildes"].items()},
        r1=scalar(drawn["r1"]),
        r2=scalar(drawn["r2"]),
        e_tilde=scalar(drawn["eTilde"]),
        r1_tilde=scalar(drawn["r1Tilde"]),
        r3_tilde=scalar(drawn["r3Tilde"]),
        rho=scalar(drawn["rho"]),
        rho_tilde=scalar(drawn["rhoTilde"]),
        ranges=[
            RangeRandomness(
                digit_tildes=list(map(scalar, one["digitTildes"])),
                rhos=list(map(scalar, one["rhos"])),
                rho_tildes=list(map(scalar, one["rhoTildes"])),
            )
            for one in drawn["ranges"]
        ],
    )
    pseudonym, proof = prove(
        secrets,
        symbolon.expected_by(found),
        randomness,
        disclosed=[(one["index"], scalar(one["scalar"])) for one in found["disclosed"]],
    )
    assert pseudonym.hex() == found["pseudonym"]
    assert proof.hex() == found["proof"]


def test_the_door_code_is_read_as_it_was_written() -> None:
    found = load("presentations/door.json")
    made = octets(found["presentation"])
    assert len(made) <= 828
    assert to_qr_text(made) == found["qr"]
    assert from_qr_text(found["qr"]) == made


def test_the_ballot_counts_in_its_poll() -> None:
    found = load("presentations/poll.json")
    manifest = Manifest.from_cbor(octets(found["manifest"]))
    ballot = Ballot.from_cbor(octets(found["ballot"]))
    keys = symbolon.verifier_keys().at(symbolon.head(found["epoch"]))
    (counted,) = verify_ballots([ballot], manifest=manifest, verifier=keys)
    assert isinstance(counted, VerifiedBallot)
    assert manifest.paper.decode(counted.content) == (2,)
    assert counted.pseudonym.hex() == found["pseudonym"]
    assert counted.leaf_hash.hex() == found["leafHash"]
    assert ballot.presentation.to_cbor() == octets(found["presentation"])
