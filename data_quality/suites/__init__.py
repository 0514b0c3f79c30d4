"""One module per table; its path is the table's key."""
