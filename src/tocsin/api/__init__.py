"""The JSON API under /api/0, one file per resource."""
