"""Wallet files of earlier versions of Symbolon still open; what they lack is empty."""

from dataclasses import replace

import pytest

from client.wallet.contents import EARLIER, Enrolment, Vote
from client.wallet.encoding import (
    CONTENTS_LIMIT,
    LABEL,
    LABEL_WITHOUT_LOGS,
    LABEL_WITHOUT_REGISTRY,
    decode_contents,
    encode_contents,
)
from credentials.errors import EncodingError
from credentials.formats import cbor
from tests.community import Community
from tests.unit.client.test_vault import full_contents

# A vote as versions 1 and 2 kept it: poll, manifest hash, count, question, choice, answer, ballot,
# ballot hash, whether it was confirmed.
OLD_VOTE = ("lunch", b"m" * 32, 0, "What is for lunch?", 2, "Salad", b"old ballot", b"h" * 32, 1)
HISTORY = Vote(
    poll="lunch",
    manifest_hash=b"m" * 32,
    count=0,
    question="What is for lunch?",
    marks=(2,),
    sequence=1,
    answer="Salad",
    ballot=b"old ballot",
    leaf_hash=b"",
    state=EARLIER,
)


def old_octets(community: Community, label: str) -> bytes:
    """A wallet as a version of that label wrote it."""
    _, seed, ((*fields, enrolments, _, heads, digits, _),) = cbor.decode(
        encode_contents(full_contents(community)), limit=CONTENTS_LIMIT
    )
    if label == LABEL_WITHOUT_REGISTRY:
        membership = [*fields, [enrolment[:3] for enrolment in enrolments], [OLD_VOTE]]
    else:
        membership = [*fields, enrolments, [OLD_VOTE], heads, digits]
    return cbor.encode_labelled(label, seed, [membership])


def test_votes_from_before_there_were_logs_are_kept_as_history(community: Community) -> None:
    full = full_contents(community)
    expected = replace(full.memberships[0], votes=(HISTORY,), logs=())
    read = decode_contents(old_octets(community, LABEL_WITHOUT_LOGS))
    assert read == replace(full, memberships=(expected,))
    assert decode_contents(encode_contents(read)) == read


def test_what_was_stored_before_there_was_a_registry_is_read(community: Community) -> None:
    full = full_contents(community)
    (old,) = full.memberships[0].enrolments
    bare = Enrolment(count=old.count, code_hash=old.code_hash, issued=old.issued)
    expected = replace(
        full.memberships[0],
        enrolments=(bare,),
        heads=(),
        digits=b"",
        votes=(HISTORY,),
        logs=(),
    )
    read = decode_contents(old_octets(community, LABEL_WITHOUT_REGISTRY))
    assert read == replace(full, memberships=(expected,))


@pytest.mark.parametrize("label", [LABEL, "symbolon/wallet-contents/4"])
@pytest.mark.parametrize("written_as", [LABEL_WITHOUT_LOGS, LABEL_WITHOUT_REGISTRY])
def test_an_old_wallet_under_another_label_is_refused(
    community: Community, label: str, written_as: str
) -> None:
    octets = old_octets(community, written_as).replace(written_as.encode(), label.encode())
    with pytest.raises(EncodingError):
        decode_contents(octets)
