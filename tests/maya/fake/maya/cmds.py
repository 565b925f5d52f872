"""Empty until ``maya.standalone.initialize()``."""
