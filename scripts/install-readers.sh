#!/usr/bin/env bash
# Installs what reads exports back in the tests: Chromium, librsvg, GDAL, Shapely, Pillow and pycocotools. Debian, as root.
# Tests whose reader is missing are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends \
	chromium gdal-bin librsvg2-bin python3-gdal python3-numpy python3-pil python3-shapely python3-venv
# Debian has no package of pycocotools.
/usr/bin/python3 -m venv --system-site-packages .readers
.readers/bin/pip install --quiet --no-deps pycocotools==2.0.11
