#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` lays down works where it lies: models, worker, manual page and examples are its own.
# usage: install.sh BUILD_DIR ORDER_DIR
set -euo pipefail
build=$1 order=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
unset SEALBATCH_MODELS LANGUAGE LC_ALL LC_MESSAGES LANG

DESTDIR=$place cmake --install "$build" --prefix /usr >/dev/null
sealbatch=$place/usr/bin/sealbatch
"$sealbatch" --help >/dev/null || fail "the installed program does not start"
for file in share/man/man1/sealbatch.1 share/sealbatch/profiles/hainan-netca.conf libexec/sealbatch/sealbatch-worker; do
  [ -s "$place/usr/$file" ] || fail "$file is not installed"
done
for example in sealbatch.cron sealbatch.service sealbatch.timer vendor.conf; do
  [ -n "$(find "$place/usr/share/doc" -name "$example")" ] || fail "the example $example is not installed"
done

"$sealbatch" init "$place/ws" >/dev/null
told=$("$sealbatch" check -w "$place/ws") || fail "check: $told"
case $told in *"models"*"$place/usr/share/sealbatch/models"*) ;; *) fail "other models than the installed ones: $told" ;; esac
code=0
"$sealbatch" inspect "$order" --out "$place/out" >"$place/told" 2>&1 || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || fail "inspect ended with $code: $(cat "$place/told")"
grep -q '"credit_code":{"text":"' "$place/told" || fail "nothing was read: $(cat "$place/told")"

# The worker is started: no module can be loaded from nowhere, but the program is there.
said=$("$sealbatch" verify --token=X --module=/nowhere.so 2>&1 || true)
case $said in *"worker program"*) fail "$said" ;; esac
echo "the installed tree works"
