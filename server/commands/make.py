"""`symbolon-server init`: make a community's data directory, whole or not at all."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from credentials.errors import SymbolonError
from credentials.formats.addresses import canonical_address
from credentials.formats.metadata import Event, Metadata
from credentials.formats.names import mend_shown_text
from credentials.formats.schema import Schema
from server.bearer import draw_token
from server.clock import unix_seconds
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    read_passphrase,
    show,
)
from server.community.service import CommunityService
from server.database import Database
from server.issuance.enrolments import Enrolments
from server.keystore import Keystore, write_keystore
from server.migrations import upgrade
from server.problems import OperatorError
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from server.settings import Settings

DEFAULT_SCHEMA = {
    "name": "membership",
    "attributes": [
        {"name": "pass", "type": "choice", "values": ["member", "guest", "staff"]},
    ],
}


def make_community(
    *,
    name: Annotated[str, typer.Option("--name", help="The community's name, shown to members.")],
    address: Annotated[
        str, typer.Option("--address", help="Where wallets reach it, such as https://city.example.")
    ] = "http://127.0.0.1:8000",
    schema_file: Annotated[
        Path | None,
        typer.Option(
            "--schema", help="JSON file with the credential's attributes; else one choice, `pass`."
        ),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", help="An event, as ID=NAME; more with `event add`."),
    ] = None,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Time zone of the events, such as Europe/Lisbon.")
    ] = "UTC",
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new community: keystore, database, signed metadata and the first registry head."""
    settings = Settings(data_directory=data)
    _refuse_existing(settings)
    schema = read_schema(schema_file)
    events = tuple(parse_event(text, timezone=timezone) for text in event or ())
    keystore = Keystore.generate()
    metadata = Metadata(
        version=1,
        previous=b"",
        name=mend_shown_text(name, name="the community's name"),
        address=canonical_address(address, name="--address"),
        metadata_key=keystore.metadata_public_key,
        keys=keystore.issuer.public_keys(),
        schemas=(schema,),
        events=events,
        published_at=unix_seconds(),
    )
    passphrase = read_passphrase(passphrase_file, confirm=True)
    _write(settings, keystore=keystore, metadata=metadata, passphrase=passphrase)
    show(
        {
            "data": str(data),
            "name": metadata.name,
            "address": metadata.address,
            "community_id": metadata.community_id.hex(),
        },
        as_json=as_json,
        text=(
            f"{metadata.name} is in {data}. Keep the passphrase: without it nothing can be issued."
            f"\nNext: symbolon-server attendees import FILE.csv --data {data}"
        ),
    )


def read_schema(path: Path | None) -> Schema:
    """The schema in a JSON file, or the default one; raises OperatorError."""
    if path is None:
        return Schema.from_json(DEFAULT_SCHEMA)
    try:
        return Schema.from_json(json.loads(path.read_bytes()))
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise OperatorError(f"{path} is not JSON.") from None
    except SymbolonError as error:
        raise OperatorError(f"{path} is not a schema: {error}.") from None


def parse_event(text: str, *, timezone: str) -> Event:
    """An event from `ID=NAME`; raises OperatorError."""
    event_id, separator, event_name = text.partition("=")
    if not separator:
        raise OperatorError(f"{text!r} is not an event; write it as ID=NAME.")
    check_timezone(timezone)
    return Event(
        id=event_id.strip(),
        name=mend_shown_text(event_name, name="an event's name"),
        timezone=timezone,
    )


def check_timezone(name: str) -> None:
    """Raises OperatorError for a time zone that does not exist."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise OperatorError(
            f"There is no time zone {name!r}; write Europe/Lisbon or UTC."
        ) from None


def _refuse_existing(settings: Settings) -> None:
    directory = settings.data_directory
    if settings.keystore_file.exists():
        raise OperatorError(f"There is a community in {directory} already; nothing was changed.")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise OperatorError(f"{directory} exists already and is not an empty directory.")


def _write(settings: Settings, *, keystore: Keystore, metadata: Metadata, passphrase: str) -> None:
    """Fill a directory beside the final one, then move it there in one step."""
    final = settings.data_directory.absolute()
    final.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    try:
        parts = Settings(data_directory=unfinished)
        database = Database(parts.database_url)
        upgrade(database)
        community = CommunityService(database, signing_key=lambda: keystore.metadata_key)
        registry = RegistryService(database, community)
        publisher = Publisher(
            database,
            community=community,
            registry=registry,
            enrolments=Enrolments(registry),
            secret_key=lambda: keystore.issuer,
            signing_key=lambda: keystore.metadata_key,
        )
        with database.write() as connection:
            community.publish_first(metadata, connection=connection)
            publisher.publish_first(connection)
        database.close()
        parts.metrics_token_file.touch(mode=0o600)
        parts.metrics_token_file.write_text(draw_token() + "\n")
        write_keystore(parts.keystore_file, keystore=keystore, passphrase=passphrase)
        unfinished.replace(final)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
