"""Officials' pages, exports, published reports and open data."""
