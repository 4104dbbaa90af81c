"""The organiser's side of apps: registering, changing and removing them.

An app's token is shown once, kept as a hash.
"""

from dataclasses import replace

from credentials.formats.addresses import origin_part
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

    def edit(self, changed: App) -> None:
        """Publish an app with another name or response address; its id and token stay.

        Another origin is another scope (`consequences_of_change`). Raises MetadataRefused.
        """

        def with_change(metadata: Metadata) -> Metadata:
            before = _found(metadata, changed.id)
            if changed == before:
                raise OperatorError(f"The app {changed.id} is like that already.")
            apps = tuple(changed if app == before else app for app in metadata.apps)
            return replace(metadata, apps=apps)

        self._community.publish(with_change)

    def remove(self, app_id: str) -> None:
        """Publish that an app is no more; its token and what it asked end."""

        def without_app(metadata: Metadata) -> Metadata:
            gone = _found(metadata, app_id)
            return replace(metadata, apps=tuple(app for app in metadata.apps if app != gone))

        with self._database.write() as connection:
            self._community.publish(without_app, connection=connection)
            store.forget_app(connection, app_id)

    def renew_token(self, app_id: str) -> str:
        """A new token for an app; the one before ends at once."""
        token = draw_token()
        with self._database.write() as connection:
            _found(self._community.metadata(connection=connection), app_id)
            store.set_token(connection, app=app_id, token_hash=hash_token(token))
        return token

    def apps(self) -> tuple[App, ...]:
        """All apps, in the order in which they were added."""
        return self._community.metadata().apps

    def app(self, app_id: str) -> App:
        """One app."""
        return _found(self._community.metadata(), app_id)


def consequences_of_change(before: App, after: App) -> tuple[str, ...]:
    """What members and the app notice, in sentences; none as long as the origin stays."""
    old, new = origin_part(before.response_address), origin_part(after.response_address)
    if old == new:
        return ()
    return (
        f"Members have their pseudonyms for an app at its origin. At {new} every one of them is "
        f"another than at {old}: the app will know nobody again, as if all were new, and accounts "
        "that hang on a pseudonym are lost to their members.",
    )


def consequences_of_removal(app: App) -> tuple[str, ...]:
    """What it means that an app is removed, in sentences."""
    return (
        f"The token of {app.id} and the requests that wait for an answer end. An app that verifies "
        "by itself, with the SDK, can go on with wallets that have not heard of it.",
    )


def _found(metadata: Metadata, app_id: str) -> App:
    app = metadata.app(app_id)
    if app is None:
        raise OperatorError(f"There is no app with the id {app_id}.")
    return app
