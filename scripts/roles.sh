#!/bin/sh
# Run once by the database's container, before the first table is made: the two users
# that the service's processes are. The first migration says what each may see and do.
set -eu
for role in web worker; do
    psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
        --set "password=$(cat "/run/secrets/${role}_password")" <<SQL
CREATE ROLE outreach_$role LOGIN PASSWORD :'password';
SQL
done
