"""How often one visitor may do a thing, so that one visitor cannot take the shop from the others."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class RateLimit:
    """A bucket of `burst` tries per key that fills up again evenly within `period`.

    Holds at most `keys_max` buckets; the one that was asked longest ago is forgotten first.
    """

    def __init__(self, burst: int, period: timedelta, keys_max: int = 10_000) -> None:
        self._burst = burst
        self._period = period
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, key: str, now: datetime) -> bool:
        """Take one try from the key's bucket; False when it is empty."""
        bucket = self._filled(key, now)
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    def forgive(self, key: str) -> None:
        """Fill the key's bucket up: whoever got in was no burglar."""
        self._buckets.pop(key, None)

    def _filled(self, key: str, now: datetime) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(float(self._burst), now)
            if len(self._buckets) > self._keys_max:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(key)
        elapsed = max(timedelta(), now - bucket.at)
        bucket.left = min(float(self._burst), bucket.left + self._burst * (elapsed / self._period))
        bucket.at = now
        return bucket
