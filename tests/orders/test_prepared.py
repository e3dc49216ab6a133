"""A prepared statement says what the statement says, on both databases, and sees what its transaction did."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from orders.database import Database, Tx
from orders.store.prepared import Prepared
from orders.tables import ledger, products

ADD = Prepared(insert(products))
ONE = Prepared(select(products).where(products.c.product_id == bindparam("b_id")))
ON_SALE = Prepared(
    select(products.c.product_id).where(products.c.on_sale).order_by(products.c.place).limit(2)
)
RENAME = Prepared(
    update(products).where(products.c.product_id == bindparam("b_id")).values(name=bindparam("n_name"))
)
COUNT = Prepared(select(func.count()).select_from(products))
POST = Prepared(insert(ledger).returning(ledger.c.entry_no))
WRITTEN_OUT = Prepared(text("SELECT place, name FROM products WHERE product_id = :product_id"))


def product(product_id: str, place: int = 1, on_sale: bool = True) -> dict[str, object]:
    return {
        "product_id": product_id, "place": place, "name": "话费", "category": "通信", "aliases": "",
        "account_kind": "phone", "regions": "", "on_sale": on_sale,
    }  # fmt: skip


async def test_rows_have_the_names_and_types_of_their_columns(database: Database) -> None:
    def work(tx: Tx) -> None:
        ADD(tx, product("p1", on_sale=False))
        row = ONE(tx, {"b_id": "p1"}).first()
        assert (row.product_id, row.name, row.place) == ("p1", "话费", 1)
        assert row.on_sale is False
        assert WRITTEN_OUT(tx, {"product_id": "p1"}).first().name == "话费"
        nobody = ONE(tx, {"b_id": "p2"})
        assert (nobody.first(), nobody.scalar(), nobody.all()) == (None, None, [])

    await database.write(work)


async def test_constants_of_a_statement_stay_in_it(database: Database) -> None:
    def work(tx: Tx) -> None:
        ADD.each(tx, [product("p1", 3), product("p2", 1), product("p3", 2), product("p4", 0, on_sale=False)])
        assert ON_SALE(tx).scalars() == ["p2", "p3"]
        assert COUNT(tx).scalar_one() == 4

    await database.write(work)


async def test_it_tells_how_many_rows_it_touched(database: Database) -> None:
    def work(tx: Tx) -> None:
        ADD(tx, product("p1"))
        assert RENAME(tx, {"b_id": "p1", "n_name": "快充"}).rowcount == 1
        assert RENAME(tx, {"b_id": "p2", "n_name": "快充"}).rowcount == 0
        assert ONE(tx, {"b_id": "p1"}).first().name == "快充"

    await database.write(work)


async def test_what_the_database_made_comes_back(database: Database) -> None:
    entry = {"ref": "a", "account": "bank", "amount_fen": 5, "order_no": None, "at": 0}
    first = await database.write(lambda tx: POST(tx, entry).scalar_one())
    second = await database.write(lambda tx: POST(tx, entry | {"ref": "b"}).scalar_one())
    assert second == first + 1


async def test_it_is_part_of_the_transaction(database: Database) -> None:
    def fails(tx: Tx) -> None:
        ADD(tx, product("p1"))
        assert tx.execute(text("SELECT COUNT(*) FROM products")).scalar_one() == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(fails)
    assert await database.read(lambda tx: COUNT(tx).scalar_one()) == 0


async def test_its_errors_are_the_librarys(database: Database) -> None:
    await database.write(lambda tx: ADD(tx, product("p1")))
    with pytest.raises(IntegrityError):
        await database.write(lambda tx: ADD(tx, product("p1")))
    with pytest.raises(DBAPIError):
        await database.read(lambda tx: RENAME(tx, {"b_id": "p1", "n_name": "x"}))


async def test_an_error_does_not_show_what_was_filled_in(database: Database) -> None:
    secret = product("p1") | {"regions": "13800138000"}
    await database.write(lambda tx: ADD(tx, secret))
    with pytest.raises(IntegrityError) as prepared:
        await database.write(lambda tx: ADD(tx, secret))
    with pytest.raises(IntegrityError) as by_the_library:
        await database.write(lambda tx: tx.execute(insert(products), secret))
    for raised in (prepared, by_the_library):
        assert "products" in str(raised.value)
        assert "13800138000" not in str(raised.value)


async def test_a_name_that_is_not_filled_in_is_an_error(database: Database) -> None:
    with pytest.raises((KeyError, DBAPIError), match="b_id"):
        await database.write(lambda tx: ONE(tx))
