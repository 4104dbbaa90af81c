"""Trap 18: where few voted, a page shows who won, and no counts that would tell on somebody."""

import secrets

from tests.attacks.city import City, slug
from tests.attacks.published import Published
from tests.attacks.wallet import Wallet


def test_trap_18_below_ten_voters_no_breakdown_is_shown_and_from_ten_on_it_is(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    for voters in (9, 10):
        manifest = city.open_poll(f"few-{secrets.token_hex(4)}", options=("yes", "no"))
        path = f"/polls/{manifest.poll}"
        for number, wallet in enumerate(crowd[:voters]):
            assert wallet.vote(manifest, 1 + (number == 0)).status_code == 201
        # Voting again makes more ballots, and no more voters.
        assert crowd[0].vote(manifest, 2, sequence=2).status_code == 201
        city.certify(manifest.poll)
        result = city.get(f"{path}/result").json()
        page = city.client.get(path, headers={"accept": "text/html"}).text
        shown = voters == 10
        assert (result["voters"], result["suppressed"]) == (voters, not shown)
        assert (result["rounds"] is not None) == shown
        assert (city.get(f"{path}/chart.svg").status_code == 200) == shown
        assert slug(city.get(f"{path}/chart.svg")) == ("" if shown else "not-found")
        assert ("<svg" in page) == shown
        assert result["winners"] == [{"option": 1, "text": "yes"}]
        # Whoever wants to recount has everything, and sees pseudonyms only.
        assert Published.of(city, manifest.poll).audited().sound
