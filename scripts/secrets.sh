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

# rotate puts a new data key before the old ones, in place, so that running containers
# see it; retire leaves the newest alone, once `outreach keys rotate` has ended with 0.
key=secrets/outreach_data_key
if [ "${1:-}" = rotate ] || [ "${1:-}" = retire ]; then
    old=$(cat $key)
    case $old in *:*) ;; *) old="1:$old" ;; esac
    newest=${old%%,*}
    if [ "$1" = rotate ]; then
        new="$((${newest%%:*} + 1)):$(random),$old"
    else
        new=$newest
    fi
    chmod 600 $key
    printf '%s' "$new" >$key
    chmod 444 $key
    echo "$1: the data key is now number ${new%%:*}"
    exit
fi

address() { echo "postgresql+psycopg://$1:$(cat "secrets/$2")@/outreach?host=/run/outreach"; }

keep postgres_password "$(random)"
keep web_password "$(random)"
keep worker_password "$(random)"
keep outreach_database_url "$(address outreach postgres_password)"
keep web_database_url "$(address outreach_web web_password)"
keep worker_database_url "$(address outreach_worker worker_password)"
for name in secret data index token; do
    keep "outreach_${name}_key" "$(random)"
done
for name in metrics callback; do
    keep "outreach_${name}_key" "$(random)"
done
# What a contract gives is written in later, without a newline; empty means unused.
for name in twilio_secret aliyun_secret mas_secret yixintong_secret alarm_webhook; do
    keep "outreach_$name" ""
done
echo "Keep a copy of secrets/ away from this machine: without outreach_data_key" \
    "no backup of the register can be read." >&2
