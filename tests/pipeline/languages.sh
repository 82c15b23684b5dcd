#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Chinese and English as the environment and the config choose them, whether or not their locales are installed;
# and no text in the code is without its Chinese.
# usage: languages.sh SEALBATCH SOURCE_DIR
set -euo pipefail
sealbatch=$1 source=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
expect() { # what, text that must be there, output
  case $3 in *"$2"*) ;; *) fail "$1: \"$2\" is not in: $3" ;; esac
}
unset LANGUAGE LC_ALL LC_MESSAGES LANG SEALBATCH_LANGUAGE

"$sealbatch" init "$place/ws" --workspace-organisation=网证通 >/dev/null
expect "an installed or missing Chinese locale" "下一步" "$(LC_ALL=zh_CN.UTF-8 "$sealbatch" status -w "$place/ws")"
expect "LANGUAGE beside another locale" "下一步" "$(LANG=en_US.UTF-8 LANGUAGE=zh_CN "$sealbatch" status -w "$place/ws")"
expect "C.UTF-8" "NEXT" "$(LC_ALL=C.UTF-8 "$sealbatch" status -w "$place/ws")"
expect "no locale, as under cron" "NEXT" "$("$sealbatch" status -w "$place/ws")"
expect "the config goes before the locale" "下一步" "$(LC_ALL=C "$sealbatch" status -w "$place/ws" --workspace-language=zh)"
expect "and the other way" "NEXT" "$(LC_ALL=zh_CN.UTF-8 "$sealbatch" status -w "$place/ws" --workspace-language=en)"
expect "help" "列出所有订单" "$(LC_ALL=zh_CN.UTF-8 "$sealbatch" status --help)"
expect "a refusal" "工作区中没有订单" "$(LC_ALL=zh_CN.UTF-8 "$sealbatch" show X1 -w "$place/ws" 2>&1 || true)"
expect "Chinese names under cron" "organisation=网证通" "$(LC_ALL=C "$sealbatch" config -w "$place/ws")"
code=0
"$sealbatch" status -w "$place/ws" --workspace-language=fr >/dev/null 2>&1 || code=$?
[ "$code" -eq 2 ] || fail "a language that is none ended with $code"

[ -n "$(command -v xgettext)" ] || { echo "xgettext is not installed: the catalogue was not compared"; exit 0; }
"$source/po/update" --template "$place/all.pot"
msgmerge --quiet --no-fuzzy-matching "$source/po/zh_CN.po" "$place/all.pot" -o "$place/merged.po"
open=$(msgattrib --untranslated --no-obsolete "$place/merged.po" | grep '^msgid' | tail -n +2 || true)
[ -z "$open" ] || fail "without Chinese (ninja po, then translate): $open"
echo "both languages are there"
