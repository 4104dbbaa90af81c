"""The last two acts: lost phones, a member who is removed, and a pass that has ended."""

import time

from client.verifier import REFRESH_SECONDS
from examples.demo.cast import DAY_GUEST, Told, draw, expect, visit
from examples.demo.pretender import show_ended_pass
from examples.demo.stage import IN_A_HURRY, WALLET_PASSPHRASE, Stage

HEARS_AGAIN_SECONDS = REFRESH_SECONDS + 1
"""An app asks for registry heads by itself no more often than this."""


def lose_things(stage: Stage, told: Told) -> None:
    """Act 6: lost phones. Recovery brings the membership back and doubles nothing."""
    stage.act("6  Lost and found")
    words = stage.wallet("Ana", "backup", "--phrase", "--yes")["phrase"]
    phrase_file = stage.folder / "ana.words"
    phrase_file.write_text(words)
    stage.wallet(
        "Ana-restored",
        "restore",
        *("--phrase-file", phrase_file, "--community", stage.address),
        *("--fingerprint", told.fingerprint),
    )
    stage.check("Ana restores her wallet from her twelve words", holds=True)
    back = visit(stage, told, "cafe", "Ana-restored")
    stage.check(
        "the café knows her again: same pseudonym",
        holds=back["pseudonym"] == told.cafe_pseudonym,
        seen=back,
    )
    again = stage.wallet("Ana-restored", "vote", stage.poll("next"), "--choice", "1", *IN_A_HURRY)
    stage.check(
        "she may change her vote, as before, and has no second one",
        holds=again["number"] == 2,
        seen=again,
    )

    anew = stage.organiser("attendees", "reissue", "cy@example.org", "--yes")
    stage.wallet("Cy-anew", "claim", anew["link"])
    stage.check("Cy lost wallet and words, and is issued anew", holds=True)
    refused = stage.try_wallet("Cy-anew", "vote", stage.poll("next"), "--choice", "1", *IN_A_HURRY)
    stage.check("he has no second vote", holds=refused.returncode == 1, seen=refused.stdout)
    stage.tell(refused.stderr.strip().splitlines()[-1])
    picture = draw(stage, "Cy-anew")
    expect(stage, "the once-only door sends him to the help desk", picture, "help_desk", status=3)
    expect(
        stage, "who found his phone does not come in", draw(stage, "Cy"), "not_current", status=3
    )
    old_link = stage.try_wallet("Cy-thief", "claim", told.links["Cy"])
    stage.check("Cy's old claim link is dead", holds=old_link.returncode == 1)
    stage.tell(old_link.stderr.strip().splitlines()[-1])


def remove_a_member(stage: Stage, told: Told) -> None:
    """Act 7: a member is removed, and a pass has ended."""
    stage.act("7  Removed, and ended")
    removed = stage.organiser("attendees", "remove", "elio@example.org", "--emergency", "--yes")
    stage.check("the organiser removes Elio at once", holds=bool(removed), seen=removed)
    expect(
        stage,
        "the door refuses the code of his wallet",
        draw(stage, "Elio"),
        "not_current",
        status=3,
    )
    stage.try_wallet("Elio", "renew", "--at-once")
    refused = stage.try_wallet("Elio", "present", "--door", "main", *IN_A_HURRY)
    stage.check("his wallet tells him why", holds="removed" in refused.stderr, seen=refused.stderr)
    stage.tell(refused.stderr.strip().splitlines()[-1])
    expect(stage, "Dara's wallet has not heard of it", draw(stage, "Dara"), "not_current", status=3)
    stage.wallet("Dara", "refresh")
    expect(stage, "it updates, and she passes", draw(stage, "Dara"), "admitted", status=0)
    time.sleep(max(0.0, told.cafe_heard + HEARS_AGAIN_SECONDS - time.monotonic()))
    visit(stage, told, "cafe", "Dara")
    stage.check("the café hears of the new head when Dara comes by", holds=True)
    again = visit(stage, told, "cafe", "Ana-restored")
    stage.check(
        "Ana's updates by itself when the café names the new head; the café still knows her",
        holds=again["pseudonym"] == told.cafe_pseudonym,
        seen=again,
    )
    refused = stage.try_wallet(DAY_GUEST, "present", f"{told.apps['cafe']}/membership", *IN_A_HURRY)
    stage.check(
        f"{DAY_GUEST}'s day pass has ended: the wallet does not prove what is not so",
        holds=refused.returncode == 1 and "valid_until" in refused.stderr,
        seen=refused.stderr,
    )
    stage.tell(refused.stderr.strip().splitlines()[-1])
    words = show_ended_pass(
        stage.wallet_file(DAY_GUEST),
        passphrase=WALLET_PASSPHRASE,
        link=f"{told.apps['cafe']}/membership",
    )
    stage.check(
        "a wallet that pretends it is still its last day is refused by the café",
        holds="does not verify" in words,
        seen=words,
    )
    stage.tell(words)
