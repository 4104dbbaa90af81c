"""Evidence against a community that broke its word in a poll."""

import json
from collections.abc import Iterator
from dataclasses import replace

from client.evidence import Evidence
from credentials.formats.promise import Promise, SignedPromise
from credentials.log.receipt import Receipt
from credentials.merkle import Tree, leaf_hash
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)
from tests.vectors.objects.poll_log import PollLog
from tests.vectors.vector_community import VectorCommunity


def files(log: PollLog) -> dict[str, ObjectFile]:
    return {"poll-evidence": _evidence(log)}


def _evidence(log: PollLog) -> ObjectFile:
    base = {"metadata": log.community.signed, "manifest": log.manifest.to_cbor()}
    missing = log.ballots[1]
    lacking = [log.entries[0], log.entries[1], log.closing]
    short = b"".join(map(leaf_hash, lacking))
    broken = Evidence(
        **base,
        checkpoint=log.checkpoint(3, entries=lacking, after=300).to_text(),
        leaves=short,
        promise=log.promise(missing),
    )
    ended = replace(
        broken,
        checkpoint=log.checkpoint(3, entries=lacking).to_text(),
        ending=log.closing,
    )
    forked = Evidence(
        **base,
        checkpoint=log.checkpoint(4).to_text(),
        leaves=log.leaves(4),
        other=log.checkpoint(3, entries=lacking).to_text(),
    )
    tree = Tree.over([leaf_hash(entry) for entry in (*lacking, missing.to_cbor())])
    grown = log.checkpoint(4, entries=[*lacking, missing.to_cbor()], after=600)
    late = replace(broken, receipt=Receipt.make(tree, index=3, signed=grown).to_text())
    honest = json.loads(broken.to_json())
    return ObjectFile(
        about="evidence against a community, proven for whoever has its fingerprint",
        rule="poll-evidence-json",
        form="json",
        given={"fingerprint": log.community.metadata.community_id.hex()},
        accepted=[
            Accepted(name=name, value=json.loads(one.to_json()))
            for name, one in (
                ("a promise that was broken", broken),
                ("a poll that ended without the ballot", ended),
                ("two logs of one poll", forked),
                ("a ballot that was added too late", late),
            )
        ],
        refused=[
            *_no_evidence(log, broken, ended, forked),
            *(
                Refused(name=name, why=why, value=value, refusal="EvidenceRefused")
                for name, why, value in (
                    ("another form", "it says what it is", {**honest, "form": "symbolon/x/1"}),
                    (
                        "no leaves",
                        "every member is there",
                        {key: value for key, value in honest.items() if key != "leaves"},
                    ),
                    ("a promise that is a list", "octets are text", {**honest, "promise": []}),
                )
            ),
        ],
    )


def _no_evidence(
    log: PollLog, broken: Evidence, ended: Evidence, forked: Evidence
) -> Iterator[Refused]:
    stranger = VectorCommunity(name="stoa")
    for name, why, evidence in (
        (
            "a promise that was kept",
            "the ballot is in the log",
            replace(
                broken,
                checkpoint=log.checkpoint(4, after=300).to_text(),
                leaves=log.leaves(4),
            ),
        ),
        (
            "the promised time is not over",
            "the checkpoint is not before merged-by",
            replace(ended, ending=b""),
        ),
        ("leaves of another log", "their root is signed", replace(broken, leaves=log.leaves(3))),
        (
            "two checkpoints that agree",
            "a log may grow",
            replace(forked, other=log.checkpoint(3).to_text()),
        ),
        (
            "against another community",
            "the fingerprint is pinned",
            replace(broken, metadata=stranger.signed),
        ),
        (
            "a promise that nobody signed",
            "the community's key signs it",
            replace(
                broken,
                promise=SignedPromise.sign(
                    Promise(
                        manifest_hash=log.manifest.manifest_hash,
                        leaf_hash=bytes(32),
                        merged_by=log.manifest.closes_at,
                    ),
                    private_key=stranger.signing_key,
                ),
            ),
        ),
    ):
        value = json.loads(evidence.to_json())
        yield Refused(name=name, why=why, value=value, refusal="EvidenceRefused")
