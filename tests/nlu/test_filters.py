"""Limits of a search, how to sort, which order, which way of paying."""

from __future__ import annotations

from dataclasses import fields

import pytest

from nlu.understanding import Filters
from tests.nlu.readers import phrases, read, rows


def spelled(filters: Filters) -> str:
    said = [(field.name, getattr(filters, field.name)) for field in fields(filters)]
    order = {"min_price_fen": 0, "max_price_fen": 1}
    said.sort(key=lambda entry: order.get(entry[0], 2))
    return " ".join(f"{name} {value}" for name, value in said if value is not None)


@pytest.mark.parametrize(("phrase", "meaning"), rows("filters", "exact"))
def test_one_limit_however_it_is_said(phrase: str, meaning: str) -> None:
    said = read(phrase)
    assert spelled(said.filters) == meaning
    assert said.sure_amounts == ()


@pytest.mark.parametrize("phrase", phrases("filters", "none"))
def test_other_numbers_are_no_limit(phrase: str) -> None:
    assert read(phrase).filters == Filters()


@pytest.mark.parametrize(("phrase", "key"), rows("filters", "sort"))
def test_a_way_to_sort_however_it_is_said(phrase: str, key: str) -> None:
    assert read(phrase).sort == key


@pytest.mark.parametrize(("phrase", "order"), rows("filters", "order_ref"))
def test_an_order_however_it_is_named(phrase: str, order: str) -> None:
    said = read(phrase)
    assert said.references == (order,)
    assert said.quantities == ()


@pytest.mark.parametrize("phrase", phrases("filters", "no_order_ref"))
def test_other_digits_name_no_order(phrase: str) -> None:
    assert read(phrase).references == ()


@pytest.mark.parametrize(("phrase", "method"), rows("filters", "payment"))
def test_a_way_of_paying_however_it_is_named(phrase: str, method: str) -> None:
    assert read(phrase).payments[-1] == method


@pytest.mark.parametrize("phrase", phrases("filters", "no_payment"))
def test_the_same_word_about_something_else_pays_nothing(phrase: str) -> None:
    assert read(phrase).payments == ()
