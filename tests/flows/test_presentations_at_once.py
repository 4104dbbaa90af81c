"""P6 at apps: a request gets one verdict, however many answers come at once."""

from collections import Counter
from functools import partial
from pathlib import Path

from credentials.formats.policy import Policy
from tests.community import Community
from tests.flows.standing import Standing
from tests.flows.together import all_at_once, answer


def test_p6_one_of_many_answers_to_a_request_is_judged(
    community: Community, tmp_path: Path
) -> None:
    city = Standing(community, tmp_path / "city.db").make()
    policy = Policy(purpose="login")
    token_hash = city.token_hash("cafe")
    asked = city.apps.ask(policy, token_hash=token_hash)
    calls = [
        partial(
            answer,
            request=asked.id,
            token_hash=token_hash,
            octets=city.answer(member, app="cafe", policy=policy, nonce=asked.nonce),
        )
        for member in (community.enrol() for _ in range(15))
    ]
    outcome = Counter(all_at_once(city, calls))
    assert outcome == {"verified": 1, "request-used": 14}
