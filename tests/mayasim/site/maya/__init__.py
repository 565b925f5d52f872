"""The stand-in for Autodesk Maya. `maya.cmds` is empty until `maya.standalone.initialize`."""
