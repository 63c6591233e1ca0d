"""Days → periods."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.offices import days_of
from stance.periods import UNITS, day_number, period_of, span, start_of

days = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))


@pytest.mark.parametrize(
    ("date", "unit", "period"),
    [
        ("2024-05-31", "month", "2024-05"),
        ("2024-05", "month", "2024-05"),
        ("2024-02", "month", "2024-02"),  # days_of says the 31st
        ("2024", "month", None),
        ("2024", "year", "2024"),
        ("2024-05", "quarter", "2024-Q2"),
        ("2024-12-31", "quarter", "2024-Q4"),
        ("2024-12-30", "week", "2025-W01"),  # ISO 8601: the week of the Thursday
        ("2021-01-03", "week", "2020-W53"),
        ("2024-05", "week", None),
        ("2024-12", "quarter", "2024-Q4"),
    ],
)
def test_a_date_lies_in_a_period_or_is_too_coarse(date: str, unit: str, period: str | None):
    known = days_of(date)
    assert known is not None
    assert period_of(*known, unit) == period


@given(days, st.sampled_from(UNITS))
def test_the_start_lies_in_its_period_and_is_not_later_than_its_days(day: dt.date, unit: str):
    iso = day.isoformat()
    period = period_of(iso, iso, unit)
    assert period is not None
    start = start_of(period)
    assert period_of(start, start, unit) == period
    assert start <= iso


@given(days, days, st.sampled_from(UNITS))
def test_a_span_has_no_gap_and_no_double(one: dt.date, other: dt.date, unit: str):
    low, high = sorted((one, other))
    high = min(high, low + dt.timedelta(days=2_000))
    first, last = (period_of(d.isoformat(), d.isoformat(), unit) for d in (low, high))
    assert first is not None
    assert last is not None
    found = list(span(first, last))
    assert (found[0], found[-1]) == (first, last)
    assert len(set(found)) == len(found)
    seen = {
        period_of(d, d, unit)
        for d in ((low + dt.timedelta(n)).isoformat() for n in range((high - low).days + 1))
    }
    assert seen == set(found)


def test_the_31st_of_a_short_month_is_its_last_day():
    assert day_number("2023-02-31") == dt.date(2023, 2, 28).toordinal()
    assert day_number("2023-04-31") == dt.date(2023, 4, 30).toordinal()
