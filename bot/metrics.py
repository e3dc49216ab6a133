"""What a shopkeeper's monitoring asks: counted where it happens, served at /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("xiadan_messages_total", "Messages received", ["channel"])
TURNS_FAILED = Counter("xiadan_turns_failed_total", "Turns that ended in an unexpected error", ["channel"])
TURN_SECONDS = Histogram(
    "xiadan_turn_seconds",
    "From a message received to its answer committed",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
UNDERSTOOD = Counter("xiadan_understood_total", "Messages by what was understood", ["intent"])
ORDER_EVENTS = Counter("xiadan_order_events_total", "Things that happened to orders", ["kind"])
NOTICES = Counter("xiadan_payment_notices_total", "Payment notices", ["gateway", "outcome"])
NOTICES_NOT_KEPT = Counter(
    "xiadan_payment_notices_not_kept_total",
    "Refused payment notices of which nothing was recorded",
    ["gateway"],
)
CALLBACKS = Counter("xiadan_supplier_callbacks_total", "Suppliers' callbacks", ["supplier", "outcome"])
JOBS_RUN = Counter("xiadan_jobs_total", "Jobs run", ["kind", "outcome"])
JOB_LAG_SECONDS = Gauge("xiadan_job_lag_seconds", "How late the oldest due job is")
SENT = Counter("xiadan_sent_total", "Messages sent", ["channel", "outcome"])
