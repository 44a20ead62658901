#!/usr/bin/env bash
# Installs the server that tests of the queue start for themselves: Redis. Debian, as root. Where it, or Valkey, is there
# already, nothing is done. Tests whose server is missing are skipped.
set -euo pipefail
if command -v redis-server >/dev/null || command -v valkey-server >/dev/null; then
	exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2
apt-get install --yes --quiet=2 --no-install-recommends redis-server
# Debian starts one for all of the machine; nobody asked for it.
if [ -d /run/systemd/system ]; then
	systemctl disable --quiet --now redis-server
fi
