"""Prints `date,working` (1 or 0) for each day of 2019-2025 by the PyPI package `holidays`.

crates/calendar/tests/independent.rs runs it and compares every line with our own calendar.
"""

from datetime import date, timedelta

import holidays

FIRST, LAST = date(2019, 1, 1), date(2025, 12, 31)


def main() -> None:
    # Days off for holidays on a weekend are the package's "observed" days; they are on by default, and without
    # them the comparison would be worth little, so they are asked for by name.
    kazakhstan = holidays.country_holidays("KZ", years=range(FIRST.year - 1, LAST.year + 2), observed=True)
    day = FIRST
    while day <= LAST:
        print(f"{day.isoformat()},{int(kazakhstan.is_working_day(day))}")
        day += timedelta(days=1)


if __name__ == "__main__":
    main()
