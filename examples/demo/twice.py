"""One ballot, sent twice at the same moment: what an impatient network or a cheat would do."""

import threading
from pathlib import Path

import httpx

from client.poll import read_poll
from client.polls import PollsClient
from client.published import PublishedClient
from client.transport import Transport
from client.wallet.holdings import choose
from client.wallet.vault import Vault
from client.wallet.voting import make_vote, on_roll
from credentials.formats import base64url


def cast_twice_at_once(
    wallet: Path, *, passphrase: str, address: str, poll: str, choice: int
) -> list[int]:
    """Cast a wallet's ballot over two connections at once; both HTTP statuses, ascending."""
    vault = Vault.open(wallet, passphrase=passphrase)
    holding = choose(vault.read())
    with Transport() as transport:
        service = PublishedClient(address, transport=transport)
        polls = PollsClient(address, transport=transport)
        paper = read_poll(poll, polls=polls, metadata=holding.membership.metadata)
        credential = on_roll(vault, holding=holding, poll=paper, service=service, at_once=True)
    made = make_vote(credential, poll=paper, marks=(choice,), count=holding.enrolment.count)
    body = {"ballot": base64url.encode(made.ballot)}
    together = threading.Barrier(2)
    statuses: list[int] = []

    def send() -> None:
        with httpx.Client(timeout=10) as connection:
            connection.get(f"{address}/health")
            together.wait()
            answer = connection.post(f"{address}/polls/{poll}/ballots", json=body)
            statuses.append(answer.status_code)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return sorted(statuses)
