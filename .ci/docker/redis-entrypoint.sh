#!/bin/sh
# For the stand-in image: as the official one, the server runs under an account of its own.
if [ "$(id -u)" = 0 ] && [ "$1" = redis-server ]; then
  chown redis .
  exec setpriv --reuid redis --regid redis --init-groups "$0" "$@"
fi
exec "$@"
