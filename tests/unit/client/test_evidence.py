"""Evidence that a community broke its word, as a third party checks it: from the file alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.commands.poll import check_evidence
from client.evidence import Evidence, EvidenceRefused
from credentials.errors import LogRefused
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.promise import Promise, SignedPromise
from credentials.log.receipt import Receipt
from credentials.merkle import Tree
from tests.community import Community
from tests.polling import PollInMemory
from tests.served_community import Served, serving
from tests.unit.client.looking import dropped, looked, voted
from tests.unit.client.member import PASSPHRASE, Person, member


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    return member(served, tmp_path)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON that a command has just printed."""
    return lambda: json.loads(capsys.readouterr().out)


def test_evidence_is_checked_with_the_file_alone(
    served: Served, ana: Person, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = served.poll()
    dropped(served, ana, told)
    poll.close()
    (file,) = looked(ana, told, alarm=True)["evidence"]
    served.asked.clear()
    check_evidence(file=Path(file))
    assert "promised a ballot" in " ".join(capsys.readouterr().out.split())
    assert served.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"checkpoint": ""},
        {"leaves": ""},
        {"ending": ""},
        {"promise_signature": "A" * 86},
        {"manifest": ""},
        {"form": "symbolon/poll-evidence/2"},
        {"metadata": 5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_evidence_that_was_changed_proves_nothing(
    served: Served, ana: Person, told: Any, change: dict[str, object]
) -> None:
    poll = served.poll()
    dropped(served, ana, told)
    poll.close()
    (file,) = looked(ana, told, alarm=True)["evidence"]
    changed = json.dumps(json.loads(Path(file).read_text()) | change).encode()
    with pytest.raises(EvidenceRefused):
        Evidence.from_json(changed).prove(fingerprint=None)


def test_a_ballot_that_is_in_the_log_accuses_nobody(served: Served, ana: Person, told: Any) -> None:
    poll = served.poll()
    kept = voted(ana, told)
    poll.close()
    evidence = Evidence(
        metadata=served.community.signed,
        manifest=poll.poll.manifest.to_cbor(),
        checkpoint=poll.poll.checkpoint(time=2**33).to_text(),
        leaves=b"".join(poll.poll.leaves),
        promise=poll.poll.promise(poll.taken[kept.leaf_hash]),
    )
    with pytest.raises(EvidenceRefused, match="the ballot is in the log"):
        evidence.prove(fingerprint=None)
    with pytest.raises(EvidenceRefused):
        evidence.prove(fingerprint=bytes(32))


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b"\xff", b'{"form": 1}', b"[" * 99_999])
def test_what_is_no_evidence_is_one_error(octets: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        Evidence.from_json(octets)


def broken_promise(served: Served, ana: Person, told: Any) -> Evidence:
    """Good evidence: a ballot was dropped, and the poll closed."""
    poll = served.poll()
    dropped(served, ana, told)
    poll.close()
    (file,) = looked(ana, told, alarm=True)["evidence"]
    return Evidence.from_json(Path(file).read_bytes())


def refuses(evidence: Evidence, reason: str) -> None:
    with pytest.raises(EvidenceRefused, match=reason):
        evidence.prove(fingerprint=None)


def test_a_promise_about_another_poll_accuses_nobody(
    served: Served, ana: Person, told: Any
) -> None:
    evidence = broken_promise(served, ana, told)
    dinner = served.poll("dinner").poll
    promise = Promise(manifest_hash=dinner.manifest.manifest_hash, leaf_hash=bytes(32), merged_by=1)
    signed = SignedPromise.sign(promise, private_key=served.community.signing_key)
    refuses(replace(evidence, promise=signed), "about another poll")


def test_a_manifest_of_another_community_accuses_nobody(
    served: Served, ana: Person, told: Any, other_community: Community
) -> None:
    evidence = broken_promise(served, ana, told)
    refuses(replace(evidence, metadata=other_community.signed), "another community's")


def test_a_receipt_from_before_the_checkpoint_is_of_another_log(
    served: Served, ana: Person, told: Any
) -> None:
    evidence = broken_promise(served, ana, told)
    poll = served.polls["lunch"].poll
    assert evidence.promise is not None
    leaf = evidence.promise.open(metadata_key=served.community.metadata.metadata_key).leaf_hash
    (missing,) = (vote for vote in ana.membership.votes if vote.leaf_hash == leaf)
    poll.entries.insert(1, missing.ballot)
    tree = Tree.over(poll.leaves)
    receipt = Receipt.make(tree, index=1, signed=poll.checkpoint()).to_text()
    refuses(replace(evidence, receipt=receipt), "are not one")


def test_two_checkpoints_that_agree_accuse_nobody(served: Served, ana: Person, told: Any) -> None:
    evidence = broken_promise(served, ana, told)
    refuses(replace(evidence, promise=None, other=evidence.checkpoint), "agree")
    first = served.polls["lunch"].poll.checkpoint(size=1).to_text()
    refuses(replace(evidence, promise=None, other=first), "agree")


@pytest.mark.parametrize("dated", [-1, 10_000_000], ids=["earlier", "later"])
@pytest.mark.parametrize("padding", [0, 1, 50])
def test_trap_20_a_kept_closing_convicts_whatever_its_length_and_its_date(
    served: Served, padding: int, dated: int
) -> None:
    """Who forges a log for trustees chooses its leaves and its time."""
    poll = served.poll()
    real = poll.poll
    closing = PollEvent(kind=Kind.CLOSING, at=real.closes_at - 5, reason="Early.").to_cbor()
    false = PollInMemory(served.community, real.manifest)
    false.entries += [bytes([at]) * 40 for at in range(padding)] + [closing]
    kept = Evidence(
        metadata=served.community.signed,
        manifest=real.manifest.to_cbor(),
        checkpoint=false.checkpoint(time=real.closes_at + dated).to_text(),
        leaves=b"".join(false.leaves),
        ending=closing,
    )
    refuses(kept, "proves nothing yet: .* an end of voting")
    assert kept.against(kept.checkpoint, kept.leaves) is None
    poll.end()
    fork = kept.against(real.checkpoint().to_text(), b"".join(real.leaves))
    assert fork is not None
    again = Evidence.from_json(fork.to_json().encode())
    assert "signed two logs of one poll" in again.prove(fingerprint=None).sentence


def test_a_log_that_only_grew_since_a_closing_was_kept_accuses_nobody(served: Served) -> None:
    poll = served.poll()
    poll.close()
    kept = Evidence(
        metadata=served.community.signed,
        manifest=poll.poll.manifest.to_cbor(),
        checkpoint=poll.poll.checkpoint(time=poll.time).to_text(),
        leaves=b"".join(poll.poll.leaves),
        ending=poll.poll.entries[-1],
    )
    poll.poll.certify()
    assert kept.against(poll.poll.checkpoint().to_text(), b"".join(poll.poll.leaves)) is None


def test_a_log_of_another_poll_is_not_compared(served: Served) -> None:
    poll, dinner = served.poll(), served.poll("dinner")
    kept = Evidence(
        metadata=served.community.signed,
        manifest=poll.poll.manifest.to_cbor(),
        checkpoint=poll.poll.checkpoint().to_text(),
        leaves=b"".join(poll.poll.leaves),
    )
    with pytest.raises(LogRefused):
        kept.against(dinner.poll.checkpoint().to_text(), b"".join(dinner.poll.leaves))
