"""The command `symbolon`: one file per command, plain words, no protocol in here."""
