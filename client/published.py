"""What a community publishes, over HTTP: the same for everyone who asks, and nothing of a member.

What the answers mean is decided by those who ask. Issuance, which knows the member, is in
`client.issuance`, doors in `client.doors`, polls in `client.polls`.
"""

from client.service import ServiceClient
from credentials.errors import EncodingError
from credentials.formats.head import SignedHead
from credentials.registry.log import split_entries


class PublishedClient(ServiceClient):
    """The registry, beside the metadata. Raises ClientError, ServerUnreachable, ServerRefused."""

    def heads(self) -> tuple[SignedHead, ...]:
        """The newest registry heads, ascending, up to 64 of them."""
        return self._heads(self._transport.get(f"{self.address}/registry/heads"))

    def head_segment(self, number: int) -> tuple[SignedHead, ...]:
        """The heads from the epoch 256 * number on: 256 of them, or the last ones."""
        return self._heads(self._transport.get(f"{self.address}/registry/heads/{number}"))

    def log_segment(self, number: int) -> list[bytes]:
        """The removals from 1024 * number on, 80 octets each: 1024 of them, or the last ones."""
        answer = self._transport.get(f"{self.address}/registry/log/{number}")
        try:
            return split_entries(self._octets(answer, "entries"))
        except EncodingError:
            raise self._strange() from None

    def digits(self) -> bytes:
        """The registry's table of signed digits; nothing in it is checked yet."""
        return self._octets(self._transport.get(f"{self.address}/registry/digits"), "digits")
