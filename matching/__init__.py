"""Accounts that are probably one person, told to the identity graph as links marked as such.

`make match` reads a tenant's accounts from its warehouse, has Splink compare them in an environment of
its own, and lands what it found as an ordinary delivery of identities; the next night reads it if the
tenant has a feed of the preset `probable_links`.
"""
