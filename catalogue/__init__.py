"""The catalogue: a static site of what is published, what it means and how its last night went."""
