"""Debian's Python prints what an ODBC driver reads: one line a row, tabs between."""

import sys

import pyodbc

address, query = sys.argv[1:]
with pyodbc.connect(address, readonly=True) as connection:
    for row in connection.execute(query):
        print(*row, sep="\t")
