# Sourced: a Docker engine for this run. Sets DOCKER_HOST where it had to start one.

engine_answers() { timeout 20 docker info >/dev/null 2>&1; }

# Uses the engine that answers, else brings Debian's and starts it below $1; `stop_engine` ends it.
start_engine() {
  engine_answers && return 0
  [ "$(id -u)" = 0 ] || { why='no Docker engine answers, and only root can start one'; return 1; }
  if ! command -v dockerd >/dev/null || ! command -v iptables >/dev/null; then
    apt_install docker.io iptables || { why="Debian's docker.io could not be installed"; return 1; }
  fi
  mkdir -p "$1/engine"
  # In a session of its own: what ends this script does not end the engine before its containers.
  setsid dockerd --host "unix://$1/engine/docker.sock" --data-root "$1/engine/data" \
    --exec-root "$1/engine/run" --pidfile "$1/engine/pid" >"$1/engine/log" 2>&1 &
  engine=$!
  export DOCKER_HOST="unix://$1/engine/docker.sock"
  for _ in $(seq 120); do
    engine_answers && return 0
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.5
  done
  why="dockerd does not start here: $(grep -E 'level=(error|fatal)|failed' "$1/engine/log" | tail -1)"
  return 1
}

# The containers first: a dockerd that is ended leaves none of its own behind.
stop_engine() {
  [ -n "${engine:-}" ] || return 0
  docker ps -q 2>/dev/null | xargs -r docker kill >/dev/null 2>&1
  kill "$engine" 2>/dev/null
  for _ in $(seq 60); do kill -0 "$engine" 2>/dev/null || break; sleep 0.5; done
  kill -KILL "$engine" 2>/dev/null
  wait "$engine" 2>/dev/null
}

apt_install() {
  command -v apt-get >/dev/null || return 1
  apt-get -qq update >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null 2>&1
}
