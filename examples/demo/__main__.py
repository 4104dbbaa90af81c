"""`make demo`: play the story, then stay up for the visitor.

With --once it ends after the story, with exit status 0 only if every step came out as it must.
"""

import argparse
import signal
import sys

from examples.demo.cast import VISITOR, Told
from examples.demo.stage import Stage, StoryFailed, stage
from examples.demo.story import play


def main() -> int:
    """Play; the exit status."""
    parser = argparse.ArgumentParser(prog="make demo ARGS=…", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with stage() as played:
        try:
            told = play(played)
        except StoryFailed as failure:
            played.check("the story goes on", holds=False, seen=failure)
            return 1
        except KeyboardInterrupt:
            return 130
        failed = len(played.failed)
        played.console.print(
            f"\n[bold]{played.passed} steps came out as they must, {failed} did not.[/bold] "
            f"The story took {played.seconds:.0f} s."
        )
        if not arguments.once and not failed:
            invite(played, told)
        return 1 if failed else 0


def invite(played: Stage, told: Told) -> None:
    """Say what to try, and wait for Ctrl-C."""
    link = told.links[VISITOR]
    wallet = played.folder / "visitor.wallet"
    played.console.print(
        f"""
The city is still there. Be a member of it; in another terminal, in this folder:

  source .venv/bin/activate
  export SYMBOLON_WALLET={wallet}
  symbolon wallet claim '{link}'
  symbolon wallet show
  symbolon wallet present {told.apps["cafe"]}/membership --at-once
  symbolon wallet present --door main --at-once
  symbolon audit {played.address}/polls/next-city

(Without --at-once the wallet would keep a quarter of an hour between claiming and showing, so that
nobody can tell from the times who came.)

Or be the organiser:

  export SYMBOLON_DATA={played.data}
  export SYMBOLON_PASSPHRASE='{played.passphrase_file.read_text().strip()}'
  symbolon-server poll create "Tea or coffee?" --option Tea --option Coffee --closes 1h --open
  symbolon-server attendees remove zeno@example.org --now
  symbolon-server registry status

  {played.address}/polls/next-city   the result, as a page
  {played.address}/docs   every endpoint of the server

Ctrl-C ends it and removes everything.""",
        soft_wrap=True,
        markup=False,
    )
    try:
        signal.pause()
    except KeyboardInterrupt:
        played.console.print("Goodbye.")


if __name__ == "__main__":
    sys.exit(main())
