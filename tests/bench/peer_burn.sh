#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# peer_burn.sh FOLDER TOKENS ec|rsa: the same steps with pkcs11-tool, softhsm2-util and openssl, as a shop without
# sealbatch would script them: initialise, PINs, key pair, certificate, two seals, read back, challenge.
# FOLDER holds softhsm2.conf (SOFTHSM2_CONF is set), ca.key, ca.crt, seal1, seal2.
set -eu
cd "$1"
module=/usr/lib/softhsm/libsofthsm2.so
case "$3" in
ec) key=EC:prime256v1 ;;
*) key=rsa:2048 ;;
esac
# SoftHSM2 signs digests with EC keys, files with RSA keys
token_sign() {
  if [ $key = rsa:2048 ]; then
    $p11 --sign --mechanism SHA256-RSA-PKCS --id 01 -i $1 -o $2 >/dev/null 2>&1
  else
    openssl dgst -sha256 -binary -out $1.digest $1
    $p11 --sign --mechanism ECDSA --id 01 -i $1.digest -o $2 --signature-format openssl >/dev/null 2>&1
  fi
}
i=0
while [ $i -lt "$2" ]; do
  i=$((i + 1))
  t=peer$i
  softhsm2-util --init-token --free --label $t --so-pin 87654321 --pin 12345678 >/dev/null
  p11="pkcs11-tool --module $module --token-label $t --login --pin 12345678"
  $p11 --keypairgen --key-type $key --id 01 --label key --usage-sign >/dev/null 2>&1
  $p11 --read-object --type pubkey --id 01 -o $t.pub >/dev/null 2>&1
  openssl pkey -pubin -inform DER -in $t.pub -out $t.pem
  # proof of possession: the token signs the request's digest (no engine in OpenSSL 3)
  token_sign $t.pub $t.sig
  openssl dgst -sha256 -verify $t.pem -signature $t.sig $t.pub >/dev/null
  openssl x509 -new -force_pubkey $t.pem -subj "/C=CN/O=peer/CN=peer $i" -CA ca.crt -CAkey ca.key -days 365 \
    -out $t.crt 2>/dev/null
  openssl x509 -in $t.crt -outform DER -out $t.der
  openssl verify -CAfile ca.crt $t.crt >/dev/null
  $p11 --write-object $t.der --type cert --id 01 --label cert >/dev/null 2>&1
  for s in 1 2; do
    $p11 --write-object seal$s --type data --label seal$s --application-label sealbatch >/dev/null 2>&1
  done
  $p11 -O >$t.list 2>&1
  $p11 --read-object --type cert --id 01 -o $t.back >/dev/null 2>&1
  cmp -s $t.back $t.der
  for s in 1 2; do
    $p11 --read-object --type data --label seal$s --application-label sealbatch -o $t.seal$s >/dev/null 2>&1
    cmp -s $t.seal$s seal$s || echo "$t: seal $s is cut at $(wc -c <$t.seal$s) bytes" >>cut.log
  done
  head -c 32 /dev/urandom >$t.challenge
  token_sign $t.challenge $t.answer
  openssl x509 -in $t.crt -noout -pubkey >$t.pem
  openssl dgst -sha256 -verify $t.pem -signature $t.answer $t.challenge >/dev/null
done
