"""Goods, orders, money and delivery. Knows no chat."""
