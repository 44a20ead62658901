#!/usr/bin/env bash
# Installs the browsers that tests run in, by install-browsers.sh; what else reads exports back: librsvg, GDAL, Shapely,
# Pillow, tifffile and pycocotools; the shells that complete commands: zsh and fish; and the servers of install-services.sh.
# Debian, as root. Tests whose program is missing are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-browsers.sh
scripts/install-services.sh
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes --quiet=2 --no-install-recommends \
	fish zsh gdal-bin librsvg2-bin python3-gdal python3-numpy python3-pil python3-shapely python3-tifffile python3-venv
# Debian has no package of pycocotools.
/usr/bin/python3 -m venv --system-site-packages .readers
.readers/bin/pip install --quiet --no-deps pycocotools==2.0.11
