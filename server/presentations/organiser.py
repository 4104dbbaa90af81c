"""The organiser's side of apps: registering them. An app's token is shown once, kept as a hash."""

from dataclasses import replace

from credentials.formats.metadata import App, Metadata
from server.bearer import draw_token, hash_token
from server.community.service import CommunityService
from server.database import Database
from server.presentations import store
from server.problems import OperatorError


class AppOffice:
    """Apps as the organiser handles them, from the command line; raises OperatorError."""

    def __init__(self, database: Database, community: CommunityService) -> None:
        self._database = database
        self._community = community

    def add(self, app: App) -> str:
        """Publish an app; its token, which is shown only now."""

        def with_app(metadata: Metadata) -> Metadata:
            if metadata.app(app.id) is not None:
                raise OperatorError(f"There is already an app with the id {app.id}.")
            return replace(metadata, apps=(*metadata.apps, app))

        token = draw_token()
        with self._database.write() as connection:
            self._community.publish(with_app, connection=connection)
            store.set_token(connection, app=app.id, token_hash=hash_token(token))
        return token

    def renew_token(self, app_id: str) -> str:
        """A new token for an app; the one before ends at once."""
        token = draw_token()
        with self._database.write() as connection:
            if self._community.metadata(connection=connection).app(app_id) is None:
                raise OperatorError(f"There is no app with the id {app_id}.")
            store.set_token(connection, app=app_id, token_hash=hash_token(token))
        return token

    def apps(self) -> tuple[App, ...]:
        """All apps, in the order in which they were added."""
        return self._community.metadata().apps
