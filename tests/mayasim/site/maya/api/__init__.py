"""Python API 2.0."""
