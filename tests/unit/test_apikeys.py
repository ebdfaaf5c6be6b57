"""How API keys look."""

import pytest

from shared import apikeys

KEY = apikeys.generate()
OTHER_DIGIT = KEY[:-12] + ("0" if KEY[-12] != "0" else "1") + KEY[-11:]


def test_keys_differ() -> None:
    assert apikeys.generate() != apikeys.generate()


def test_a_generated_key_is_not_mistyped() -> None:
    assert not apikeys.is_mistyped(KEY)


def test_one_wrong_digit_is_seen() -> None:
    assert apikeys.is_mistyped(OTHER_DIGIT)


def test_a_key_that_somebody_made_up_is_not_called_mistyped() -> None:
    assert not apikeys.is_mistyped("a key of at least twenty characters")


def test_what_is_shown_of_a_key_does_not_hold_its_secret() -> None:
    assert apikeys.shown_id(KEY) == KEY[:11]


def test_nothing_is_shown_of_a_key_that_somebody_made_up() -> None:
    assert apikeys.shown_id("a key of at least twenty characters") is None


@pytest.mark.parametrize(("key", "right"), [(KEY, True), (OTHER_DIGIT, False)], ids=["it", "another"])
def test_a_key_is_told_by_its_digest(key: str, right: bool) -> None:
    assert apikeys.is_of(key, apikeys.digest(KEY)) is right
