# Veiviser: every target works on a fresh machine; `make` lists them.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
VEIVISER := .venv/bin/veiviser
export RASA_TELEMETRY_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help setup run train test check format coverage bench compare-languages new-language speech speech-test clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: ## make the two Python environments
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found. Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@"$(PYTHON)" environments/setup.py

run: setup ## train if needed, then serve web chat and console
	@$(VEIVISER) run

train: setup ## train the model anew
	@$(VEIVISER) train

check: setup ## format, lint, types, import arrows, content
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(VEIVISER) check

test: check ## everything, with the trained model, the databases and the browser
	@$(VEIVISER) train --if-needed
	@.venv/bin/pytest --numprocesses 2 --dist loadfile

format: setup ## bring the code into its form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

coverage: setup ## which topic is written in which language
	@$(VEIVISER) coverage

bench: setup ## measure, side by side with stock Rasa
	@$(VEIVISER) train --if-needed
	@$(VEIVISER) bench

compare-languages: setup ## other language identifiers beside ours: make compare-languages FILE=labelled.jsonl
	@.venv/bin/uv pip install --quiet --require-hashes --python .venv -r environments/compare.txt
	@$(VEIVISER) evaluate-language $(FILE) --compare

new-language: setup ## begin a language: make new-language CODE=sv NAME=Svenska
	@$(VEIVISER) new-language $(CODE) --name "$(NAME)" $(OPTIONS)

speech: setup ## speech to text, with a model of your own (VEIVISER_SPEECH_MODEL)
	@.venv/bin/uv pip install --quiet --require-hashes --python .venv -r environments/speech.txt

speech-test: speech ## a small English model to try it with
	@.venv/bin/uv pip install --quiet --require-hashes --python .venv -r environments/speech-test.txt

clean: ## remove what was made, but not the conversations
	rm -rf .venv .venv-rasa models/*.tar.gz models/*.json .mypy_cache .ruff_cache .pytest_cache
