"""Days → weeks, months, quarters, years: the columns of a debate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

UNITS = ("week", "month", "quarter", "year")


def period_of(first: str, last: str, unit: str) -> str | None:
    """Return the period in which all the days from `first` to `last` lie.

    Parameters
    ----------
    first, last : str
        ISO days, as `stance.offices.days_of` gives them; the 31st of a shorter month counts
        for its last day.
    unit : str
        One of `UNITS`.

    Returns
    -------
    str or None
        ``2024-W05`` (ISO 8601 weeks), ``2024-05``, ``2024-Q2`` or ``2024``; None where the
        date is too coarse: *2024* lies in no month.
    """
    one, other = _name(_day(first), unit), _name(_day(last), unit)
    return one if one == other else None


def start_of(period: str) -> str:
    """Return the first day of a period, as an ISO day."""
    year, _, rest = period.partition("-")
    if rest.startswith("W"):
        return dt.date.fromisocalendar(int(year), int(rest[1:]), 1).isoformat()
    month = 3 * int(rest[1:]) - 2 if rest.startswith("Q") else int(rest or 1)
    return dt.date(int(year), month, 1).isoformat()


def span(first: str, last: str) -> Iterator[str]:
    """Yield the periods from one to another of the same unit, those between them too."""
    unit = _unit(first)
    end = start_of(last)
    day = dt.date.fromisoformat(start_of(first))
    while day.isoformat() <= end:
        yield _name(day, unit)
        day = _next(day, unit)


def day_number(iso: str) -> int:
    """Return the number of an ISO day; the 31st of a shorter month is its last day."""
    return _day(iso).toordinal()


def _unit(period: str) -> str:
    if "W" in period:
        return "week"
    if "Q" in period:
        return "quarter"
    return "month" if "-" in period else "year"


def _next(day: dt.date, unit: str) -> dt.date:
    if unit == "week":
        return day + dt.timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def _name(day: dt.date, unit: str) -> str:
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if unit == "month":
        return f"{day.year:04d}-{day.month:02d}"
    if unit == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return f"{day.year:04d}"


def _day(iso: str) -> dt.date:
    year, month, day = (int(part) for part in iso.split("-"))
    try:
        return dt.date(year, month, day)
    except ValueError:  # the last day of a month that has fewer
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        return following - dt.timedelta(days=1)
