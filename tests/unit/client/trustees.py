"""Trustees whose ceremony is over, each with a folder, and the sealing of polls to their key."""

from dataclasses import replace
from pathlib import Path

from client.trustee.folder import Folder
from credentials.formats.sealing import Sealing
from credentials.sealing.ceremony import merge, part_file, read_ceremony
from tests.unit.sealing.circle import Circle

PASSPHRASE = "three owls and a key"


class Trustees:
    """Three trustees whose ceremony is over, each with a folder, under one passphrase."""

    def __init__(self, path: Path, *, names: tuple[str, ...] = ()) -> None:
        circle = Circle.of(3, threshold=2, names=names)
        deals = circle.deals()
        self.folders = []
        parts = []
        for at, keys in enumerate(circle.trustees):
            share, result = circle.finish(deals, at=at)
            parts.append(part_file(result, keys=keys))
            folder = Folder.create(path / str(at), name=keys.name, passphrase=lambda: PASSPHRASE)
            folder = replace(folder, keys=keys)
            folder.keep_share(share, part=parts[-1])
            self.folders.append(folder.path)
        self.ceremony = merge(parts)
        self.result, self.signatures = read_ceremony(self.ceremony)

    @property
    def sealing(self) -> Sealing:
        """Polls that are sealed to their key."""
        return Sealing.by_trustees(self.result, signatures=self.signatures)
