"""Trustees whose ceremony is over, each with a folder, and the sealing of polls to their key."""

from dataclasses import replace
from pathlib import Path

from client.trustee.folder import Folder
from credentials.formats.sealing import Sealing, Trustee
from credentials.sealing.ceremony import part_file
from credentials.sealing.result import CeremonyResult
from tests.unit.sealing.circle import Circle


class Trustees:
    """Three trustees whose ceremony is over, each with a folder."""

    def __init__(self, path: Path) -> None:
        circle = Circle.of(3, threshold=2)
        deals = circle.deals()
        self.folders = []
        for at, keys in enumerate(circle.trustees):
            share, self.result = circle.finish(deals, at=at)
            folder = Folder.create(path / str(at), name=keys.name)
            folder = replace(folder, keys=keys)
            folder.keep_share(share, part=part_file(self.result, keys=keys))
            self.folders.append(folder.path)


def sealing_of(result: CeremonyResult) -> Sealing:
    return Sealing(
        key=result.key,
        threshold=result.threshold,
        trustees=tuple(Trustee(name=name, key=key) for name, key in result.keys),
    )
