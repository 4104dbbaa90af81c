"""The organiser's list of witnesses: whose cosignatures are taken, and shown with every poll."""

from sqlalchemy.exc import IntegrityError

from credentials.errors import EncodingError, LogRefused
from credentials.formats.names import MAX_TEXT, mend_shown_text
from credentials.formats.witnesses import MAX_WITNESSES
from credentials.log.note import KeyKind, VerifierKey
from server.database import Database
from server.polls import store
from server.problems import OperatorError


class WitnessList:
    """The witnesses that the community names on its result pages; raises OperatorError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, key: str) -> None:
        """List a witness by a name for people and its verifier key, of the cosignature kind."""
        try:
            name = mend_shown_text(name, max=MAX_TEXT, name="the name")
            read = VerifierKey.parse(key)
        except EncodingError as error:
            raise OperatorError(f"A witness cannot be called that: {error}.") from None
        except LogRefused as error:
            raise OperatorError(f"That is no verifier key: {error}.") from None
        if read.kind is not KeyKind.COSIGNATURE:
            raise OperatorError("That key signs logs; a witness's key is made for cosignatures.")
        try:
            with self._database.write() as connection:
                if len(store.witness_rows(connection)) >= MAX_WITNESSES:
                    raise OperatorError(f"No more than {MAX_WITNESSES} witnesses can be listed.")
                store.add_witness(connection, name=name, key=key)
        except IntegrityError:
            raise OperatorError("A witness with that name or key is listed already.") from None

    def remove(self, name: str) -> None:
        """Take a witness off the list; its cosignatures stay where they are."""
        with self._database.write() as connection:
            if not store.remove_witness(connection, name):
                raise OperatorError(f"No witness is listed as {name!r}.")

    def all(self) -> list[tuple[str, str]]:
        """(name, verifier key), by name."""
        with self._database.read() as connection:
            return store.witness_rows(connection)
