"""The page that the link of an app's request opens in a browser, for people who have a wallet."""

from html import escape

from credentials.formats.metadata import App, Metadata
from credentials.formats.policy import Policy
from server.pages.document import document

_STANDS = {
    "verified": "It has been answered.",
    "refused": "It has been answered, and the answer was refused. Ask the app for a new one.",
    "expired": "It has expired. Ask the app for a new one.",
}


def request_page(*, app: App, policy: Policy, link: str, status: str, metadata: Metadata) -> str:
    """HTML: who asks, what for, and how a wallet answers."""
    name, community = escape(app.name), escape(metadata.name)
    asked = "".join(
        f"<dt>{title}</dt><dd>{escape(text)}</dd>"
        for title, text in (
            ("You would show", ", ".join(policy.disclose) or "nothing but that you are a member"),
            (
                "You would prove",
                ", ".join(one.show_text(metadata.schema) for one in policy.require),
            ),
            ("The answer goes to", app.response_address),
        )
        if text
    )
    stands = _STANDS.get(status)
    answer = (
        f'<p class="note bad">{stands}</p>'
        if stands
        else f"<p>Your wallet shows all of this again and asks you, before anything is sent. In a "
        f'terminal:</p>\n<pre><code>symbolon wallet present "{escape(link)}"</code></pre>'
    )
    return document(
        f"{name} asks members of {community}",
        f'<p class="lead">This link belongs in your wallet. Opening it here sent nothing.</p>\n'
        f"<dl>{asked}</dl>\n{answer}",
    )
