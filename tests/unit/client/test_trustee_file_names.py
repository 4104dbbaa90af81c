"""What trustees hand to each other is named after them, so that all of it fits into one folder."""

from pathlib import Path

import pytest

from client.trustee.folder import Folder


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Maro", "maro-card.json"),
        ("Žofie Łódź", "zofie-odz-card.json"),
        ("Ana  Lee", "ana-lee-card.json"),
    ],
)
def test_a_card_is_named_after_its_trustee(name: str, file: str, tmp_path: Path) -> None:
    made = Folder.create(tmp_path / "own", name=name, passphrase=lambda: "a long passphrase")
    assert made.file("card").name == file
    assert made.file("card").exists()


def test_a_name_in_another_script_gives_a_name_of_its_own_all_the_same(tmp_path: Path) -> None:
    made = Folder.create(tmp_path / "own", name="山田 太郎", passphrase=lambda: "a long passphrase")
    assert made.file("card").name == f"{made.keys.card.fingerprint[:8]}-card.json"
