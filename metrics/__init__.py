"""The dictionary's metrics, asked of the published file: one definition for every client."""
