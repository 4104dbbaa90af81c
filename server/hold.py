"""Whether what cannot be undone has to wait: the place at which the keys are handed out.

Services are given their signing keys through `guarding`, so that nothing is signed while something
is in the way, whoever asks for it; what is signed in one transaction with other writes takes these
back with it. `server.agreement.guard` is the one that looks.
"""

from collections.abc import Callable
from typing import TypeVar

from server.problems import OnHold

Key = TypeVar("Key")


class Hold:
    """Nothing is in the way."""

    def reason(self) -> str | None:
        """What is in the way and what to do about it, in plain sentences; None where nothing is."""
        return None

    def require(self) -> None:
        """Raise OnHold while something is in the way."""
        reason = self.reason()
        if reason is not None:
            raise OnHold(reason)

    def guarding(self, key: Callable[[], Key]) -> Callable[[], Key]:
        """The same key, which is only had while nothing is in the way."""

        def guarded() -> Key:
            self.require()
            return key()

        return guarded


FREE = Hold()
