"""The page that a claim link opens: what it is, and how it gets into a wallet."""

from html import escape

from server.pages.document import document

INSTALL = "pip install symbolon-pass"
"""Gets the wallet's command, from the distribution's name on the package index."""


def claim_page(community: str) -> str:
    """HTML for the members of `community`; the same for every link."""
    name = escape(community)
    return document(
        f"Your membership of {name}",
        f"""<p class="lead">This is a claim link of {name}. It belongs in your wallet. Opening it
here did nothing: the part after <code>#</code> never left your browser, and this page runs no
script that could read it.</p>
<ol>
<li>Copy the whole address from the address bar, including what follows <code>#</code>.</li>
<li>If you have no wallet yet, get it in a terminal:
<pre><code>{INSTALL}</code></pre></li>
<li>Give it the address, or the picture of the code in your letter:
<pre><code>symbolon wallet claim "paste the address here"
symbolon wallet claim letter.png</code></pre></li>
<li>Keep the twelve words that the wallet shows you. They bring your membership back.</li>
</ol>
<p class="note">The link works for one wallet. Do not forward it: whoever uses it first is the
member. If it was used by someone else, or you lost your wallet and your words, ask the organiser
for a new one.</p>""",
    )
