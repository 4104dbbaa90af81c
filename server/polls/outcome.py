"""A poll, its way of counting and its result in sentences for people."""

from collections.abc import Sequence
from fractions import Fraction

from credentials.formats.lot import BY_OPENING
from credentials.formats.manifest import Manifest
from credentials.formats.witnesses import read_witness
from credentials.sealing.words import SIGNED_BY_KEYS
from server.polls.poll import Poll
from server.polls.service import Roll

METHODS = {
    "plurality/1": "The option with the most votes wins.",
    "approval/1": "The option that most voters approve of wins.",
    "score/1": "The option with the highest sum of scores wins.",
    "irv/1": "The last option is struck out, round by round, until one has more than half.",
    "schulze/1": "Every option is compared with every other; the one that beats the rest wins.",
    "stv/1": "Seats go to options that reach the quota; votes beyond it are passed on.",
    "stv/2": "Seats go to options with more than a quota; votes beyond it are passed on.",
    "quadratic/1": "The option with the most votes wins; n votes for one option take n*n credits.",
}


def turnout_sentence(voters: int, *, roll: Roll) -> str:
    """How many of how many voted; between two numbers where the roll is not known exactly."""
    if roll.least == roll.most:
        share = f" ({100 * voters // roll.most} %)" if roll.most else ""
        return f"{voters} of {roll.most} {'member' if roll.most == 1 else 'members'} voted{share}."
    return f"{voters} voted, of {roll.least} to {roll.most} members."


def tie_sentence(poll: Poll) -> str:
    """What decides between equals."""
    if poll.manifest.tie_rule == BY_OPENING:
        return "By earlier rounds, then by a lot, drawn from the value that opens the votes."
    if poll.beacon is not None:
        return (
            f"By earlier rounds, then by a lot, drawn from round {poll.beacon.number} of the "
            "public beacon drand, which nobody can know before the close."
        )
    return "By earlier rounds. What they do not decide stays undecided: a tie is the result."


def sealing_sentence(manifest: Manifest) -> str:
    """Who can read the votes, and when."""
    sealing = manifest.sealing
    if sealing is None:
        return (
            "The votes are not sealed: whoever runs the server can read each as it comes, though "
            "not whose it is."
        )
    if not sealing.trustees:
        return (
            "The votes are sealed by the server alone: whoever runs it can open them at any time, "
            "before the close too."
        )
    names = ", ".join(f"{trustee.name} ({trustee.fingerprint})" for trustee in sealing.trustees)
    return (
        f"The votes are sealed; any {sealing.threshold} of {len(sealing.trustees)} trustees "
        f"together open them: {names}. {SIGNED_BY_KEYS}"
    )


def witnesses_sentence(witnesses: Sequence[str], *, needed: int) -> str:
    """Who, of these verifier keys, must have seen the closing before anybody opens or certifies."""
    count = len(witnesses)
    if not count:
        return "No witness is pinned: nobody but the organiser has to see the closing."
    names = ", ".join(read_witness(text).name for text in witnesses)
    return (
        f"Before the votes are opened or the result is certified, {needed} of {count} pinned "
        f"witness{'es' if count > 1 else ''} must have cosigned the closing: {names}."
    )


def number(value: Fraction | int) -> str:
    """A score for people: whole, or with two decimals, said to be rounded where it is."""
    fraction = Fraction(value)
    if fraction.denominator == 1:
        return str(fraction.numerator)
    rounded = f"{float(fraction):.2f}"
    return rounded if Fraction(rounded) == fraction else f"≈{rounded}"
