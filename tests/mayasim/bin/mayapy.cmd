@echo off
rem The stand-in for Maya's Python interpreter on Windows (not run yet). FARMFUTURES_SIM_PYTHON names the Python.
setlocal
set "PYTHONPATH=%~dp0..\site;%PYTHONPATH%"
set "MAYA_LOCATION=%~dp0.."
if "%FARMFUTURES_SIM_PYTHON%"=="" set "FARMFUTURES_SIM_PYTHON=python"
"%FARMFUTURES_SIM_PYTHON%" %*
