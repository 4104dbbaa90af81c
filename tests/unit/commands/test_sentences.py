"""An error is one sentence, and a file in it is called as it is."""

import pytest

from client.commands.main import sentence
from client.errors import ClientError
from credentials.errors import MetadataRefused
from server.commands import main
from server.commands.program import commands
from server.problems import OperatorError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ClientError("token cannot be read: Is a directory."),
            "token cannot be read: Is a directory.",
        ),
        (ClientError("links.csv is damaged"), "links.csv is damaged."),
        (ClientError("an address is not plain"), "An address is not plain."),
        (MetadataRefused("the signature is wrong"), "The signature is wrong."),
    ],
)
def test_a_member_reads_one_sentence(error: Exception, said: str) -> None:
    assert sentence(error) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperatorError("passwords cannot be read"), "passwords cannot be read.\n"),
        (MetadataRefused("the metadata uses an id twice"), "The metadata uses an id twice.\n"),
    ],
)
def test_an_organiser_reads_one_sentence(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(type(commands), "__call__", fail)
    with pytest.raises(SystemExit):
        main.run()
    assert capsys.readouterr().err == said
