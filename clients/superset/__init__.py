"""What Apache Superset is given to import: the published file, datasets over it, charts and a dashboard."""
