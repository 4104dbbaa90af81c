"""A café's site that lets members in, and knows a returning one again by pseudonym only.

Run it with the organiser's address, the community's fingerprint, and the app's id there:

    COMMUNITY=https://agora.example FINGERPRINT=… APP_ID=cafe PORT=8080 python -m examples.app.main

Members open /membership with their wallet; the wallet posts its answer to /answer, the response
address that the organiser registered. Nobody is asked for a name, and the organiser is told of
nobody. Without network, COMMUNITY and HEADS name files with what the community publishes.
"""

import os
from collections import Counter
from html import escape
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse

from client import PresentationRefused, Verifier

app = FastAPI(title="A café for members", telemetry={"tracing": False, "logs": False})
verifier = Verifier(
    os.environ["COMMUNITY"],
    app=os.environ["APP_ID"],
    heads=os.environ.get("HEADS"),
    fingerprint=os.environ.get("FINGERPRINT"),
)
visits: Counter[str] = Counter()


@app.get("/")
def welcome() -> dict[str, str]:
    """What there is."""
    return {"for": f"members of {verifier.metadata.name}", "begin": "/membership"}


@app.get("/membership", response_model=None)
def ask(request: Request) -> dict[str, str] | HTMLResponse:
    """A fresh request: who are you here, what pass do you have, and is it still good?"""
    if "text/html" in request.headers.get("accept", ""):  # a browser, and no wallet
        command = escape(f'symbolon wallet present "{request.url.replace(query="")}"')
        return HTMLResponse(f"<h1>Members only</h1><p>In your wallet: <code>{command}</code></p>")
    current = ["valid_until >= today"] if verifier.metadata.schema.ends else []
    return verifier.request({"purpose": "visit", "disclose": ["pass"], "require": current})


@app.post("/answer")
def answer(answered: dict[str, Any]) -> JSONResponse:
    """Check the wallet's answer, here, and greet the member."""
    try:
        member = verifier.verify(answered)
    except PresentationRefused as why:
        return JSONResponse({"message": f"Not let in: {why}."}, status_code=403)
    who = (member.pseudonym_text or "")[-8:]
    visits[who] += 1
    greeting = f"Welcome {who}" if visits[who] == 1 else f"Welcome back {who}, visit {visits[who]}"
    return JSONResponse({"message": f"{greeting}; your pass is “{member.disclosed['pass']}”."})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
