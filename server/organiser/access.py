"""Who may use the organiser's endpoints: whoever has the one token, which is shown once."""

from server.bearer import draw_token, hash_token
from server.database import Database
from server.organiser import store
from server.problems import TokenRefused


class OrganiserAccess:
    """The organiser's token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def renew_token(self) -> str:
        """A new token; the one before ends at once."""
        token = draw_token()
        with self._database.write() as connection:
            store.set_token(connection, hash_token(token))
        return token

    def check(self, token_hash: bytes) -> None:
        """Raise TokenRefused unless this is the SHA-256 of the organiser's token."""
        with self._database.read() as connection:
            if not store.is_token(connection, token_hash):
                raise TokenRefused
