"""The version, said once: the build reads it here, and a test compares it with ``module.mod``."""

__version__ = "0.1.0"
