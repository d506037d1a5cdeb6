# The commands of this project. `make` alone lists them.

# Says what it does before it does it, and never asks: these also run unattended.
PREPARE = .ci/prepare
PYTHON  = $(CURDIR)/.venv/bin/python

.PHONY: help demo test test-units test-service chaos simulate bench bench-answers bench-hostile bench-intake bench-memory bench-notices \
	bench-photos bench-pictures bench-recovery deb try-deb lint

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: ## Four stories on the terminal, with stand-ins for everything outside; STAY=1 keeps them running
	@$(PREPARE) postgresql
	cargo build --bin aisha --example demo
	@STAY=$(STAY) target/debug/examples/demo

test: ## Everything: unit tests, and beside them the real service between stand-ins
	@$(PREPARE) postgresql systemd faketime chromium python
	cargo test --workspace --no-run
	@$(MAKE) --no-print-directory -j2 --output-sync=line test-units test-service

test-units:
	@MAKEFLAGS= cargo test --quiet --workspace --lib --bins --test cast --test structure
	@MAKEFLAGS= cargo test --quiet --workspace --doc

# Most stories wait most of the time, so run eight at once on two cores.
test-service: export AISHA_TEST_PYTHON = $(PYTHON)
test-service:
	@MAKEFLAGS= RUST_TEST_THREADS=8 cargo test --test it

chaos: ## Long storms: a hundred kill -9, fifty more of a busy sender, FAL away for sixty polls, 180 trainings in waves; AISHA_SEED=2 plays another one
	@$(PREPARE) postgresql
	AISHA_KILLS=$${AISHA_KILLS:-100} AISHA_TRAININGS=$${AISHA_TRAININGS:-50} \
	AISHA_AWAY=$${AISHA_AWAY:-60} AISHA_WAVES=$${AISHA_WAVES:-15} \
	AISHA_SENDER_KILLS=$${AISHA_SENDER_KILLS:-50} \
		cargo test --test it -- --nocapture storms:: fal_away:: leaks:: a_sender_that_is_killed

SEEDS = 0..100000
simulate: ## Random histories of a training: make simulate SEEDS=0..1000000; a single seed prints its history
	AISHA_SEEDS=$(SEEDS) cargo test --release -p actors --test cast the_seeds_that_were_asked_for -- --nocapture

bench-answers: ## How fast fifty people at once get answers; says whether the goal of 50 ms is met
	@$(PREPARE) postgresql
	cargo build --release --bin aisha
	cargo run --release --example bench_answers

bench-hostile: ## Thirty people with hostile photos, and 1,200 callers who never finish: memory, how many reach FAL, how fast others get answers; smaller with AISHA_PEOPLE=5 AISHA_ALBUM=5 AISHA_CALLERS=200
	@$(PREPARE) postgresql
	cargo build --release --bin aisha --example bench_hostile
	target/release/examples/bench_hostile

bench: ## Webhook throughput, compared with PostgreSQL alone and five job queues; a table, a CSV and a chart in target/bench
	@$(PREPARE) postgresql peers
	cargo build --release --bin aisha --example bench_intake
	target/release/examples/bench_intake --peers 1

bench-intake: ## Webhooks accepted per second, compared with PostgreSQL alone; then what survives twenty kill -9
	@$(PREPARE) postgresql
	cargo build --release --bin aisha --example bench_intake
	target/release/examples/bench_intake

bench-memory: ## How fast the service starts, and the memory it needs while idle
	@$(PREPARE) postgresql
	cargo build --release --bin aisha --example bench_memory
	target/release/examples/bench_memory

bench-recovery: ## How many trainings one instance can watch, how fast it starts and what they cost; takes some minutes
	@$(PREPARE) postgresql
	cargo build --release --bin aisha
	cargo run --release --example bench_recovery

bench-notices: ## How notices are delivered within Telegram's limits: 5,000 to 2,000 chats; six minutes, less with NOTICES=1500
	@$(PREPARE) postgresql
	cargo build --release --bin aisha
	cargo run --release --example bench_notices

bench-photos: ## The time of one photo's verdict, and the memory while twenty people send albums
	@$(PREPARE) postgresql
	cargo build --release --bin aisha
	cargo run --release --example bench_photos

bench-pictures: ## How orders of pictures pass through: press to FAL, FAL to Telegram, ten a second, a thousand in flight; some minutes, less with STREAM_SECONDS=10 IN_FLIGHT=100
	@$(PREPARE) postgresql
	cargo build --release --bin aisha --example bench_pictures
	target/release/examples/bench_pictures

deb: ## Build the Debian package, in target/deb
	@.ci/package

try-deb: ## Install the package into a fresh Debian, run, upgrade, roll back and remove it; needs root
	@.ci/try-package

lint: ## Check formatting, clippy and documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items
