"""Recipients that a customer had remembered under a name (`老妈`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from bot.store.tables import contacts


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    kind: str
    account: str


def contacts_named(tx: Connection, customer_id: str, names: Sequence[str]) -> tuple[Contact, ...]:
    """What is remembered under any of the names of one person, best name first: one account per kind."""
    rows = tx.execute(
        select(contacts).where(contacts.c.customer_id == customer_id, contacts.c.name.in_(names))
    ).all()
    found: dict[str, Contact] = {}
    for row in sorted(rows, key=lambda row: names.index(row.name)):
        found.setdefault(row.kind, Contact(row.name, row.kind, row.account))
    return tuple(found.values())


def forget_contact(tx: Connection, customer_id: str, name: str, kind: str) -> None:
    """Forget the account of this kind that is remembered under the name."""
    tx.execute(
        delete(contacts).where(
            contacts.c.customer_id == customer_id, contacts.c.name == name, contacts.c.kind == kind
        )
    )


def contacts_of(tx: Connection, customer_id: str, limit: int = 20) -> tuple[Contact, ...]:
    rows = tx.execute(
        select(contacts)
        .where(contacts.c.customer_id == customer_id)
        .order_by(contacts.c.updated_at.desc(), contacts.c.name)
        .limit(limit)
    ).all()
    return tuple(Contact(row.name, row.kind, row.account) for row in rows)


def save_contact(tx: Connection, customer_id: str, contact: Contact, now: datetime) -> None:
    """Remember the account; what was remembered under the name for this kind gives way."""
    forget_contact(tx, customer_id, contact.name, contact.kind)
    tx.execute(
        insert(contacts).values(
            customer_id=customer_id,
            name=contact.name,
            kind=contact.kind,
            account=contact.account,
            updated_at=now,
        )
    )
