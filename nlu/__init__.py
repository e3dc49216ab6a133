"""Chinese order talk -> Understanding. Pure: knows no order, no clock, no database."""
