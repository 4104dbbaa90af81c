"""The fifth act: a door goes on without network."""

import time

import httpx

from client.community import parse_fingerprint
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from examples.demo.cast import Told, draw, expect, visit
from examples.demo.stage import Stage
from examples.demo.stranger import forged_code


def open_a_door_without_network(stage: Stage, told: Told) -> None:
    """Act 5: the server is gone; the door goes on."""
    stage.act("5  A door without network")
    status, ready = stage.door(
        "prepare",
        f"{stage.address}/doors/main",
        *("--token-file", stage.folder / "door.token", "--fingerprint", told.fingerprint),
    )
    stage.check("the door's device prepares itself", holds=status == 0, seen=ready)
    published = httpx.get(f"{stage.address}/.well-known/symbolon.json").json()
    metadata = SignedMetadata.from_json(published).open(
        fingerprint=parse_fingerprint(told.fingerprint)
    )
    heads = httpx.get(f"{stage.address}/registry/heads").json()["heads"]
    head = SignedHead.from_json(heads[-1]).open(metadata_key=metadata.metadata_key)
    stage.wallet("Ana", "refresh")
    visit(stage, told, "cafe", "Ana")
    stage.check("the café hears of the newest registry head when Ana comes by", holds=True)
    stage.stop("server")
    stage.check("the server is stopped", holds=True)

    offline = visit(stage, told, "cafe", "Ana")
    stage.check(
        "the café still lets Ana in: it verifies by itself",
        holds=offline["pseudonym"] == told.cafe_pseudonym,
        seen=offline,
    )
    picture = draw(stage, "Ana")
    expect(stage, "the door reads Ana's code from the picture", picture, "admitted", status=0)
    expect(stage, "the same picture again", picture, "already_in", status=3)
    waited = wait_until_old(told)
    if waited > 1:
        stage.tell(f"(waited {waited:.0f} s, so that the early code is over 60 s old)")
    expect(stage, "the code from the beginning", told.early_code, "code_too_old", status=3)
    forged = stage.folder / "stranger.txt"
    forged.write_text(forged_code(metadata, head=head, door_id="main"))
    expect(stage, "a stranger's code", forged, "invalid", status=3)

    stage.serve()
    status, synced = stage.door("sync")
    stage.check(
        "the server is back, and the door hands in its scan",
        holds=(status, synced["scans"], synced["conflicts"]) == (0, 1, []),
        seen=synced,
    )
    again = draw(stage, "Ana")
    expect(stage, "a fresh code of Ana's, now asked of the server", again, "already_in", status=3)
    expect(stage, "Cy comes in as well", draw(stage, "Cy"), "admitted", status=0)


def wait_until_old(told: Told) -> float:
    """Wait until the early code is past its time, and return for how long."""
    waited = max(0.0, told.early_code_drawn + 61 - time.monotonic())
    time.sleep(waited)
    return waited
