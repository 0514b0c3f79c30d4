"""Pages over the published file: YAML in `pages/`, read-only, each night followed without a restart."""
