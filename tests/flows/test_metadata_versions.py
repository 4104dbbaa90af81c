"""All versions of the metadata are public files, the same for everyone."""

from dataclasses import replace
from pathlib import Path

import pytest

from credentials.formats.metadata import Metadata, SignedMetadata, check_successor
from tests.flows.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def named(name: str, metadata: Metadata) -> Metadata:
    return replace(metadata, name=name)


def test_every_version_is_served_in_segments_that_do_not_change(town: Town) -> None:
    first = town.community.signed()
    for number in range(2, 131):
        town.community.publish(lambda now, name=f"Agora {number}": named(name, now))
    answers = [town.get(f"/community/metadata/{number}") for number in range(3)]
    segments = [
        [SignedMetadata.from_json(one) for one in answer.json()["versions"]] for answer in answers
    ]
    assert [len(segment) for segment in segments] == [63, 64, 3]
    assert ["immutable" in answer.headers["cache-control"] for answer in answers] == [
        True,
        True,
        False,
    ]
    versions = [signed for segment in segments for signed in segment]
    assert versions[0] == first
    assert versions[-1] == SignedMetadata.from_json(town.get("/.well-known/symbolon.json").json())
    assert check_successor(first, versions[-1], between=versions).version == 130
    for beyond in (3, 2**26 - 1):
        assert town.get(f"/community/metadata/{beyond}").status_code == 404
    for wrong in ("-1", "x", str(2**26)):
        assert town.get(f"/community/metadata/{wrong}").status_code == 422
