"""The few journeys that must never break, in a real browser against real processes."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.browser.{name}" for name in ("organizing", "registering", "trading", "visitor"))
)
