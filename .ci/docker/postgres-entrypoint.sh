#!/bin/sh
# For the stand-in image: does what the official image's entrypoint does, as far as it is used here.
set -eu
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
if [ "$(id -u)" = 0 ]; then
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export POSTGRES_PASSWORD
    unset POSTGRES_PASSWORD_FILE
  fi
  install -d -o postgres -g postgres "$(dirname "$PGDATA")"
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s\n' "${POSTGRES_PASSWORD:?must be set}" >/tmp/password
  # shellcheck disable=SC2086
  initdb --username="${POSTGRES_USER:=postgres}" --pwfile=/tmp/password --auth=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl -w start -o "-c listen_addresses=''"
  [ "${POSTGRES_DB:=$POSTGRES_USER}" = postgres ] ||
    PGPASSWORD=$POSTGRES_PASSWORD psql -q -U "$POSTGRES_USER" -d postgres -c "create database \"$POSTGRES_DB\""
  pg_ctl -w -m fast stop
fi
unset POSTGRES_PASSWORD
[ "$1" = postgres ] && shift
exec postgres -c listen_addresses='*' "$@"
