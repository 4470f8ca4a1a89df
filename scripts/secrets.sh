#!/bin/sh
# Makes the folder secrets/ for docker-compose.yml, at random and once; kept files stay.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() {
    if [ ! -e "secrets/$1" ]; then
        printf '%s' "$2" >"secrets/$1"
        echo "made secrets/$1"
    fi
    # The containers' user reads the files; the folder lets nobody else in.
    chmod 444 "secrets/$1"
}

keep postgres_password "$(random)"
keep outreach_database_url \
    "postgresql+psycopg://outreach:$(cat secrets/postgres_password)@/outreach?host=/run/outreach"
for name in secret data index token; do
    keep "outreach_${name}_key" "$(random)"
done
keep outreach_twilio_secret ""
echo "Keep a copy of secrets/ away from this machine: without outreach_data_key" \
    "no backup of the register can be read." >&2
