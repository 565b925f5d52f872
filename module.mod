+ farmfutures 0.1.0 .
plug-ins: plugins
MAYA_SHELF_PATH +:= shelves
