"""E-mail addresses as lists bring them: how they are stored, and when two are one mailbox."""

import pytest

from server.email_address import EmailRefused, email_key, take_email


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" Ana@Example.ORG ", "ana@example.org"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("+plus@example.org", "+plus@example.org"),
        ("-dash@example.org", "-dash@example.org"),
        ("o'neil+tag@example.org", "o'neil+tag@example.org"),
        ("\u200bana@example.org\xa0", "ana@example.org"),
        ("jose\u0301@example.org", "josé@example.org"),
        ("ana@münchen.example", "ana@münchen.example"),
    ],
)
def test_an_address_is_stored_tidy(written: str, stored: str) -> None:
    assert take_email(written) == stored


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "missing"),
        ("ana", "one @"),
        ("ana@example@org", "one @"),
        ("ana@example", "not valid"),
        ("ana@example..org", "not valid"),
        ("ana lee@example.org", "space"),
        ("a\x07na@example.org", r"U\+0007 .*character 2"),
        ("ana@-bad-.example", "cannot exist"),
        ("ana@example.org,bo@example.org", "one @"),
        ("a" * 65 + "@example.org", "not valid"),
    ],
)
def test_a_refusal_says_why_and_repeats_no_address(written: str, why: str) -> None:
    with pytest.raises(EmailRefused, match=why) as refused:
        take_email(written)
    assert "example" not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@münchen.example", "Ana@xn--mnchen-3ya.example"),
        ("ana@MÜNCHEN.example", "ana@münchen.example"),
        ("jose\u0301@example.org", "josé@example.org"),
    ],
)
def test_two_spellings_of_one_mailbox_have_one_key(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


def test_dots_and_plus_signs_are_part_of_an_address() -> None:
    keys = {email_key(f"{local}@example.org") for local in ("ana", "a.na", "ana+x")}
    assert len(keys) == 3
