#!/usr/bin/env bash
# Installs the browsers that tests run in, Chromium and Firefox. Debian, as root. Tests whose browser is missing are skipped.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2
apt-get install --yes --quiet=2 --no-install-recommends chromium firefox-esr
