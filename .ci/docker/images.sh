# Sourced: images to be had, and the settings that name them.

# Uses the official images if they can be pulled, else makes stand-ins below $1 from Debian's packages.
have_images() {
  if official_images; then return 0; fi
  make_root "$1/root" || { why='no image can be pulled, and debootstrap makes none here'; return 1; }
  make_stand_ins "$1/root" || { why='the stand-in images could not be made'; return 1; }
  export POSTGRES_IMAGE=stand-in/postgres REDIS_IMAGE=stand-in/redis NODE_IMAGE=stand-in/node HAPROXY_IMAGE=stand-in/haproxy
  export VALKEY_IMAGE=stand-in/valkey
  # No image of the reaper either: what it would clean up goes with the engine.
  export TESTCONTAINERS_RYUK_DISABLED=true
}

# Each default of docker-compose.yml.
official_images() {
  local image
  for image in $(grep -oP '_IMAGE:-\K[^}]+' "$here/../../docker-compose.yml"); do
    timeout 180 docker pull -q "$image" >/dev/null 2>&1 || return 1
  done
}

# A small Debian with every server in it, and the Docker plugins that this machine may lack.
make_root() {
  command -v debootstrap >/dev/null || apt_install debootstrap || return 1
  debootstrap --variant=minbase \
    --include=postgresql,redis-server,valkey-server,haproxy,docker-compose,docker-buildx,ca-certificates,wget \
    trixie "$1" >"$1.log" 2>&1
}

make_stand_ins() {
  local root=$1
  # Node.js and npm of this machine, with the certificates by which npm reaches its registry from here.
  cp "$(command -v node)" "$root/usr/local/bin/node"
  cp -r "$(npm root -g)/npm" "$root/usr/local/lib/npm"
  ln -sf ../lib/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -sf ../lib/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  chroot "$root" useradd --uid 1000 --user-group --create-home node
  install -D -t "$root/usr/local/share/stand-in" "$here/postgres-entrypoint.sh" "$here/redis-entrypoint.sh"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | docker import - stand-in/base >/dev/null || return 1
  stand_in postgres 'ENV PGDATA=/var/lib/postgresql/18/docker' 'VOLUME /var/lib/postgresql' \
    "$(entrypoint postgres)" 'CMD ["postgres"]' 'STOPSIGNAL SIGINT' &&
    stand_in redis 'WORKDIR /data' 'VOLUME /data' "$(entrypoint redis)" 'CMD ["redis-server"]' &&
    stand_in valkey "$(named_as_redis)" 'WORKDIR /data' 'VOLUME /data' "$(entrypoint redis)" 'CMD ["valkey-server"]' &&
    stand_in haproxy 'USER haproxy' 'CMD ["haproxy","-f","/usr/local/etc/haproxy/haproxy.cfg"]' 'STOPSIGNAL SIGUSR1' &&
    stand_in node 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' 'CMD ["node"]'
}

# Under the name that the official images give it.
entrypoint() {
  printf '%s\n' "RUN cp /usr/local/share/stand-in/$1-entrypoint.sh /usr/local/bin/docker-entrypoint.sh" \
    'ENTRYPOINT ["docker-entrypoint.sh"]'
}

# Valkey's images have its programs under the names of Redis too.
named_as_redis() {
  echo 'RUN ln -s /usr/bin/valkey-server /usr/local/bin/redis-server && ln -s /usr/bin/valkey-cli /usr/local/bin/redis-cli'
}

# $1: its name, then lines of a Dockerfile. The old builder needs no plugin.
stand_in() {
  local name=stand-in/$1; shift
  printf '%s\n' 'FROM stand-in/base' "$@" | DOCKER_BUILDKIT=0 docker build -q -t "$name" - >/dev/null 2>&1
}

# Docker Compose, as a plugin of this run where the machine has none.
have_compose() {
  docker compose version >/dev/null 2>&1 && return 0
  [ -d "$1/root" ] || make_root "$1/root" || { why='there is no Docker Compose, and none could be had'; return 1; }
  export DOCKER_CONFIG=$1/config
  mkdir -p "$DOCKER_CONFIG/cli-plugins"
  cp "$1/root"/usr/libexec/docker/cli-plugins/* "$DOCKER_CONFIG/cli-plugins/"
  docker compose version >/dev/null 2>&1 || { why='Docker Compose does not run here'; return 1; }
}
