#!/bin/sh
# Sees whether LibreOffice and poppler are there for `make test-office`.
for name in soffice pdftotext pdfinfo; do
    command -v "$name" >/dev/null 2>&1 && continue
    echo "没有 $name，先运行 / $name is missing, first run: sudo apt-get install -y --no-install-recommends libreoffice-calc poppler-utils fonts-noto-cjk" >&2
    exit 1
done
