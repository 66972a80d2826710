PY ?= .venv/bin/python
