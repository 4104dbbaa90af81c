"""The standing community behind the real application, as `serve` makes it, without a socket."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx

from server.app import create_app
from server.gate import Gate
from server.settings import Settings
from tests.community import Community
from tests.flows.standing import Standing


class Http:
    """Requests to an application in this process, one after the other."""

    def __init__(self, app: Gate) -> None:
        self._transport = httpx.ASGITransport(app)  # type: ignore[arg-type]

    def get(self, path: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """GET `path`."""
        return asyncio.run(self._send("GET", path, body=None, headers=headers))

    def post(
        self, path: str, *, json: object, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """POST a JSON document to `path`."""
        return asyncio.run(self._send("POST", path, body=json, headers=headers))

    def post_text(self, path: str, text: str) -> httpx.Response:
        """POST a text to `path`."""
        headers = {"content-type": "text/plain"}
        return asyncio.run(self._send("POST", path, text=text, headers=headers))

    async def _send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None,
        body: object = None,
        text: str | None = None,
    ) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport, base_url="http://127.0.0.1"
        ) as client:
            return await client.request(method, path, json=body, content=text, headers=headers)


@dataclass
class HttpCity:
    """A community and a client of its HTTP API."""

    standing: Standing
    http: Http

    @classmethod
    def of(cls, community: Community, directory: Path) -> "HttpCity":
        """Make the community's database in `directory` and the application over it."""
        settings = Settings(data_directory=directory)
        standing = Standing(community, settings.database_file).make()
        app = create_app(settings, standing.keystore, clock=standing.clock)
        return cls(standing=standing, http=Http(app))

    def bearer(self, owner: str) -> dict[str, str]:
        """The headers of a door or an app."""
        return {"authorization": f"Bearer {self.standing.tokens[owner]}"}
