"""P10: whoever restores keeps the same pseudonyms; whoever is issued anew gains no second vote.

A member's life is every order of entering, voting, restoring from the words, and being issued anew
after a loss. Whatever the order, and whoever holds the old wallets, one member enters and votes at
most once.
"""

import itertools
import secrets
from dataclasses import dataclass, field, replace

import pytest

from credentials.errors import MemberRevoked
from credentials.formats.manifest import Manifest
from credentials.formats.qr import to_qr_text
from server.registry.publisher import When
from tests.attacks.city import City, Ticket, slug
from tests.attacks.wallet import Wallet, cast, enrol
from tests.community import head_named

EVENTS = ("enter", "vote", "restore", "reissue")
ORDERS = list(itertools.permutations(EVENTS))
TWO_LOSSES = sorted(set(itertools.permutations(("enter", "vote", "reissue", "reissue"))))


def open_poll(city: City) -> Manifest:
    """A poll that stays open; its roll is who is enrolled now."""
    return city.open_poll(f"life-{secrets.token_hex(4)}")


@dataclass
class Life:
    """One member through all that happens; `wallets` holds all there were, the present one last."""

    city: City
    poll: Manifest = field(init=False)
    ticket: Ticket = field(init=False)
    wallets: list[Wallet] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    entered: int = 0
    voted: int = 0
    roll: int = 0
    reissued: int = 0

    def __post_init__(self) -> None:
        self.ticket = self.city.invite()
        self._claim(Wallet(self.city, entitlement=self.ticket.entitlement))
        self.poll = open_poll(self.city)
        head = head_named(self.city.heads, self.poll.head)
        assert head is not None
        self.roll = head.highest_serial

    def _claim(self, wallet: Wallet) -> None:
        self.codes.append(self.ticket.code)
        self.wallets.append(wallet.claim(self.ticket.code))

    @property
    def wallet(self) -> Wallet:
        """The wallet in the member's hands."""
        return self.wallets[-1]

    def enter(self) -> None:
        """Go to a once-only door; a re-issued member is sent to the help desk."""
        verdict = self.wallet.enter("gate")
        if self.reissued:
            assert verdict == "help_desk"
        else:
            assert verdict == ("already_in" if self.entered else "admitted")
        self.entered += verdict == "admitted"

    def vote(self) -> None:
        """Vote; a re-issued member is not on the roll."""
        answer = self.wallet.vote(self.poll, 1)
        if self.reissued:
            assert (answer.status_code, slug(answer)) == (400, "ballot-refused")
        else:
            assert answer.status_code == (409 if self.voted else 201)
        self.voted += answer.status_code == 201

    def restore(self) -> None:
        """Bring the wallet back from its words: the same credential, the same pseudonyms."""
        restored = self.wallet.restored()
        assert restored is not None
        assert restored.issued == self.wallet.issued
        for door in ("gate", "daily", "yard"):
            shown = [one.presentation(door).pseudonym for one in (restored, self.wallet)]
            assert shown[0] == shown[1]
        ballots = [one.ballot(self.poll, 1).presentation for one in (restored, self.wallet)]
        assert ballots[0].pseudonym == ballots[1].pseudonym
        self.wallets.append(restored)

    def reissue(self) -> None:
        """Lose everything, and be issued anew with another seed."""
        self.ticket = self.city.reissue(self.ticket.entitlement)
        self._claim(Wallet(self.city, entitlement=self.ticket.entitlement))
        self.reissued += 1

    def check_the_dead(self) -> None:
        """Replaced commitments stay dead, and so do all codes but the one that was used last."""
        dead = {one.issued.serial: one for one in self.wallets}
        dead.pop(self.wallet.issued.serial)
        assert len(dead) == self.reissued
        for wallet in dead.values():
            for code in (None, *self.codes):
                assert slug(wallet.ask(code)) == "commitment-retired"
        for code in self.codes:
            assert slug(Wallet(self.city).ask(code)) == "claim-code-used"

    def try_everything(self) -> None:
        """Everybody who holds any of the wallets, thief or finder, tries to enter and to vote.

        While the poll is open who holds the credential of its roll may vote again; that replaces
        the vote and adds none.
        """
        for wallet in self.wallets:
            self.entered += wallet.enter("gate") == "admitted"
            for sequence in (1, 2, 3):
                answer = wallet.vote(self.poll, 2, sequence=sequence)
                assert answer.status_code != 201 or wallet.issued.serial <= self.roll
        votes, abstained = self.city.votes(self.poll)
        assert self.entered <= 1, "a removed wallet may be too old for the door, and none enters"
        assert sum(votes) + abstained == 1


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_p10_one_entry_and_one_vote_in_every_order_of_events(
    city: City, order: tuple[str, ...]
) -> None:
    life = Life(city)
    for event in order:
        getattr(life, event)()
    life.check_the_dead()
    life.try_everything()


def test_p10_two_reissues_in_every_order_gain_nothing(city: City) -> None:
    for order in TWO_LOSSES:
        life = Life(city)
        for event in order:
            getattr(life, event)()
        life.check_the_dead()
        life.try_everything()
        serials = [wallet.issued.serial for wallet in life.wallets]
        assert serials == sorted(serials)
        living = "SELECT count(*) FROM credentials WHERE entitlement_id = ? AND retired = 0"
        assert city.rows(living, life.ticket.entitlement) == [(1,)]


def test_p10_a_reissued_credential_says_so_and_has_a_new_serial_and_handle(
    city: City, mia: Wallet
) -> None:
    ticket = city.reissue(mia.entitlement)
    anew = Wallet(city).claim(ticket.code)
    assert (mia.credential.attributes["reissued"], anew.credential.attributes["reissued"]) == (0, 1)
    assert anew.issued.serial > mia.issued.serial
    assert anew.issued.handle != mia.issued.handle
    (removed,) = city.rows(
        "SELECT count(*) FROM registry_removals WHERE handle = ? AND position IS NOT NULL",
        mia.issued.handle.to_bytes(32, "big"),
    )
    assert removed == (1,), "the old handle was removed before the new credential was signed"


def test_p10_a_reissue_before_the_first_claim_only_replaces_the_link(city: City) -> None:
    """Nothing was lost, so nothing is said to be: the member votes as everybody does."""
    first = city.invite()
    second = city.reissue(first.entitlement)
    assert slug(Wallet(city).ask(first.code)) == "claim-code-used"
    member = Wallet(city).claim(second.code)
    assert member.credential.attributes["reissued"] == 0


def test_p10_a_reissue_that_is_not_claimed_and_reissued_again_still_says_reissued(
    city: City, mia: Wallet
) -> None:
    poll = open_poll(city)
    assert mia.vote(poll, 1).status_code == 201
    links = [city.reissue(mia.entitlement) for _ in range(3)]
    for dead in links[:-1]:
        assert slug(Wallet(city).ask(dead.code)) == "claim-code-used"
    anew = Wallet(city).claim(links[-1].code)
    assert anew.credential.attributes["reissued"] == 1
    assert slug(anew.vote(poll, 2)) == "ballot-refused"


def test_p10_the_same_words_after_a_reissue_take_the_next_commitment(city: City) -> None:
    """Whoever kept the words and is issued anew nevertheless: the old commitment stays dead."""
    ticket = city.invite()
    wallet = Wallet(city).claim(ticket.code)
    new = city.reissue(ticket.entitlement)
    assert slug(wallet.ask(new.code)) == "commitment-retired"
    following = Wallet(city, seed=wallet.seed, count=1).claim(new.code)
    assert following.issued.serial != wallet.issued.serial
    restored = following.restored()
    assert restored is not None
    assert restored.issued == following.issued
    assert slug(wallet.ask()) == "commitment-retired"


def test_p10_a_dead_commitment_spends_no_claim_code(city: City, mia: Wallet) -> None:
    ticket = city.reissue(mia.entitlement)
    assert slug(mia.ask(ticket.code)) == "commitment-retired"
    assert mia.restored() is None
    assert Wallet(city).ask(ticket.code).status_code == 200


def test_p10_a_dead_commitment_lives_no_more_with_another_persons_code(
    city: City, mia: Wallet
) -> None:
    city.reissue(mia.entitlement)
    other = city.invite()
    assert slug(mia.ask(other.code)) == "commitment-retired"
    assert Wallet(city).ask(other.code).status_code == 200


def test_p10_a_restored_wallet_has_no_second_vote_or_entry_and_may_send_its_ballot_again(
    city: City, mia: Wallet
) -> None:
    poll = open_poll(city)
    ballot = mia.ballot(poll, 1).to_cbor()
    assert cast(city, poll.poll, ballot).status_code == 201
    assert mia.enter("gate") == "admitted"
    restored = mia.restored()
    assert restored is not None
    again = restored.vote(poll, 2)
    assert (slug(again), again.json()["expected"]) == ("sequence-wrong", 2)
    assert restored.vote(poll, 2, sequence=2).status_code == 201
    assert restored.enter("back-gate") == "already_in"
    assert cast(city, poll.poll, ballot).status_code == 200
    assert city.votes(poll) == ([0, 1], 0)


@pytest.mark.parametrize("door", ["gate", "back-gate", "daily", "yard"])
def test_p10_every_door_that_counts_sends_the_reissued_to_the_help_desk(
    city: City, mia: Wallet, door: str
) -> None:
    anew = Wallet(city).claim(city.reissue(mia.entitlement).code)
    assert anew.enter(door) == "help_desk"
    assert mia.enter(door) == "admitted", "the lost wallet has the one entry, within the grace"


@pytest.mark.parametrize("door", ["gate", "daily", "yard", "lounge"])
def test_p10_after_an_emergency_the_lost_wallet_enters_nowhere(
    city: City, mia: Wallet, door: str
) -> None:
    city.reissue(mia.entitlement, when=When.EMERGENCY)
    assert mia.enter(door) == "not_current"


def test_p10_who_is_issued_anew_votes_in_the_next_poll(city: City, mia: Wallet) -> None:
    before = open_poll(city)
    anew = Wallet(city).claim(city.reissue(mia.entitlement).code)
    after = open_poll(city)
    assert slug(anew.vote(before, 1)) == "ballot-refused"
    assert anew.vote(after, 1).status_code == 201
    assert mia.vote(before, 1).status_code == 201, "the roll of a poll is fixed when it opens"
    with pytest.raises(MemberRevoked):
        mia.vote(after, 1)


def test_p10_a_reissued_member_cannot_claim_not_to_be(city: City, mia: Wallet) -> None:
    """The flag is signed: a code that says 0 does not verify."""
    anew = Wallet(city).claim(city.reissue(mia.entitlement).code)
    shown = anew.presentation("gate")
    for disclosed in (((2, 0),), ()):
        lying_code = to_qr_text(replace(shown, disclosed=disclosed).to_cbor())
        assert anew.enter("gate", code=lying_code) == "invalid"


def test_p10_at_apps_a_restored_member_is_known_and_a_reissued_one_is_new(
    city: City, mia: Wallet
) -> None:
    """New app accounts after a re-issue remain possible; docs/threat-model.md says so."""
    before = mia.pseudonym_at("cafe")
    restored = mia.restored()
    assert restored is not None
    assert restored.pseudonym_at("cafe") == before
    anew = Wallet(city).claim(city.reissue(mia.entitlement).code)
    assert anew.pseudonym_at("cafe") != before


def test_p10_a_second_member_is_not_touched_by_a_reissue(
    city: City, mia: Wallet, leo: Wallet
) -> None:
    poll = open_poll(city)
    city.reissue(mia.entitlement)
    restored = leo.restored()
    assert restored is not None
    assert restored.vote(poll, 1).status_code == 201
    assert enrol(city).enter("gate") == "admitted"
