"""A poll's log over HTTP, as a witness asks for it and sends its cosignatures."""

from client.errors import ClientError
from client.published import PublishedClient
from client.transport import Transport, checked_address
from credentials.errors import EncodingError, LogRefused
from credentials.formats.names import take_identifier
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.lines import decode_base64
from credentials.merkle import HASH_LENGTH

CHECKPOINT_LIMIT = 1024 * 1024  # octets


class LogClient(PublishedClient):
    """The log of one poll. Raises ClientError, ServerUnreachable, ServerRefused from every
    method."""

    def __init__(self, link: str, *, transport: Transport) -> None:
        address, found, poll = checked_address(link).partition("/polls/")
        try:
            take_identifier(poll)
        except EncodingError:
            found = ""
        if not found:
            raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
        super().__init__(address, transport=transport)
        self.poll_id = poll
        self._poll = f"{self.address}/polls/{poll}"

    def state(self) -> str:
        """How the poll stands: open, closed, unsealed, certified or cancelled."""
        return self._text(self._transport.get(self._poll), "state")

    def checkpoint(self) -> SignedCheckpoint:
        """The newest checkpoint; nothing in it is checked yet."""
        octets = self._transport.get_octets(f"{self._poll}/log/checkpoint", limit=CHECKPOINT_LIMIT)
        try:
            return SignedCheckpoint.parse(octets.decode())
        except (LogRefused, UnicodeDecodeError):
            raise self._strange() from None

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof between two sizes, hashes of 32 octets; not checked yet."""
        query = {"from": first, "to": second}
        proof = self._transport.get(f"{self._poll}/log/consistency", query=query).get("proof")
        if not isinstance(proof, list):
            raise self._strange()
        try:
            return tuple(decode_base64(value, length=HASH_LENGTH, name="a hash") for value in proof)
        except LogRefused:
            raise self._strange() from None

    def cosign(self, lines: str) -> None:
        """Hand in cosignature lines for the newest checkpoint."""
        self._transport.post_text(f"{self._poll}/log/cosignatures", lines)
