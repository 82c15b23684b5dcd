#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# openssl_verify_seal.sh SEAL CA.pem WORKDIR: check a seal's signature and its maker's certificate with
# the openssl command and nothing of ours. Prints "Verified OK" and the version's shape; exit 0 if good.
set -eu
seal=$1 ca=$2 work=$3

# offset, header length, length and type of the elements at depth $2 of file $1
elements() {
    openssl asn1parse -inform DER -in "$1" |
        sed -n "s/^ *\([0-9]*\):d=$2 *hl=\([0-9]*\) *l= *\([0-9]*\) *[a-z]*: *\(.*\)$/\1 \2 \3 \4/p"
}
nth() { sed -n "$1p"; }
field() { cut -d' ' -f"$1"; }
# whole element (header and content) number $2 at depth $3 of file $1
cut_element() {
    line=$(elements "$1" "$3" | nth "$2")
    off=$(echo "$line" | field 1) hl=$(echo "$line" | field 2) len=$(echo "$line" | field 3)
    tail -c +$((off + 1)) "$1" | head -c $((hl + len))
}
content() { # of the element number $2 at depth $3 of file $1, without header (and unused-bits byte)
    openssl asn1parse -inform DER -in "$1" -strparse "$(elements "$1" "$3" | nth "$2" | field 1)" -noout -out "$4"
}
byte() { printf "\\$(printf %03o "$1")"; }

n=$(elements "$seal" 1 | wc -l)
if [ "$n" -eq 2 ]; then
    cut_element "$seal" 2 1 >"$work/sign.der"
    cut_element "$seal" 1 1 >"$work/body"
    cut_element "$work/sign.der" 1 1 >>"$work/body"
    cut_element "$work/sign.der" 2 1 >>"$work/body"
    size=$(wc -c <"$work/body")
    if [ "$size" -ge 256 ]; then
        { byte 48; byte 130; byte $((size / 256)); byte $((size % 256)); cat "$work/body"; } >"$work/tbs"
    else
        { byte 48; byte 129; byte "$size"; cat "$work/body"; } >"$work/tbs"
    fi
    content "$work/sign.der" 1 1 "$work/maker.der"
    content "$work/sign.der" 3 1 "$work/sig.der"
else
    cut_element "$seal" 1 1 >"$work/tbs"
    content "$seal" 2 1 "$work/maker.der"
    content "$seal" 4 1 "$work/sig.der"
fi
openssl x509 -inform DER -in "$work/maker.der" -out "$work/maker.pem"
openssl x509 -in "$work/maker.pem" -noout -pubkey >"$work/pub.pem"
openssl verify -no_check_time -vfyopt distid:1234567812345678 -CAfile "$ca" "$work/maker.pem" >/dev/null
openssl dgst -sm3 -verify "$work/pub.pem" -sigopt distid:1234567812345678 -signature "$work/sig.der" "$work/tbs"
echo "elements: $n"
