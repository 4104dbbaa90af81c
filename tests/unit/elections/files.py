"""Files of ballots for the tests, made of a few lines."""

from pathlib import Path
from typing import Any

from client.elections.ballots import Election
from client.elections.reading import read_election


def read(text: str | bytes, name: str, folder: Path, **how: Any) -> Election:
    """The election in a file with that name and content."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_election(path, **how)


def ranked(*ballots: tuple[str, int]) -> dict[tuple[tuple[int, ...], ...], int]:
    """Rankings from `AB=C`, with how often they were cast; options are letters, A is 1."""
    return {
        tuple(
            tuple(sorted(ord(letter) - ord("A") + 1 for letter in rank)) for rank in _ranks(text)
        ): times
        for text, times in ballots
    }


def _ranks(text: str) -> list[str]:
    ranks: list[str] = []
    level = False
    for letter in text:
        if letter == "=":
            level = True
        elif level:
            ranks[-1] += letter
            level = False
        else:
            ranks.append(letter)
    return ranks
