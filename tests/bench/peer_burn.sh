#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# peer_burn.sh FOLDER TOKENS ec|rsa: what sealbatch does to a fresh key, scripted with softhsm2-util, pkcs11-tool and
# openssl, as cheaply as these tools allow: one process for all actions that one call takes, no step that sealbatch has
# not. It keeps no journal, so it lacks what makes an order exactly-once.
# FOLDER holds softhsm2.conf (SOFTHSM2_CONF is set), ca.key, ca.crt, secret, seal1, seal2.
set -eu
cd "$1"
export PKCS11_MODULE_PATH=/usr/lib/softhsm/libsofthsm2.so
sign="--sign --mechanism ECDSA --signature-format openssl"
key=EC:prime256v1
usage=
if [ "$3" = rsa ]; then
  sign="--sign --mechanism SHA256-RSA-PKCS"
  key=rsa:2048
  usage=,keyEncipherment
fi
printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature,nonRepudiation$usage \
  subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >ext.cnf
secret=$(cat secret)
i=0
while [ $i -lt "$2" ]; do
  i=$((i + 1))
  t=peer$i
  subject="/C=CN/O=peer/CN=peer $i"
  # a token that nobody has initialised, our label, the first SO PIN, the user PIN
  softhsm2-util --init-token --free --label $t --so-pin 87654321 --pin 12345678 >/dev/null
  # its serial: for the SO PIN and for the protocol
  serial=$(pkcs11-tool -L --module $PKCS11_MODULE_PATH |
    awk -v label=$t '/token label/ { here = $NF == label } here && /serial num/ { print $NF }')
  # the SO PIN derived from a secret and the serial, set instead of the first one
  so=$(openssl kdf -keylen 8 -kdfopt digest:SHA256 -kdfopt key:"$secret" -kdfopt info:"so $serial" HKDF)
  p11="pkcs11-tool --module $PKCS11_MODULE_PATH --token-label $t --login"
  $p11 --login-type so --so-pin 87654321 --change-pin --new-pin "$so" >/dev/null 2>&1
  p11="$p11 --pin 12345678"
  # the key pair; made on the token, and can never be taken out
  made=$($p11 --keypairgen --key-type $key --id 01 --label key --usage-sign 2>/dev/null)
  case $made in *"sensitive, always sensitive, never extractable, local"*) ;; *) exit 1 ;; esac
  # PKCS#10, signed on the token
  openssl req -new -engine pkcs11 -keyform engine -key "pkcs11:token=$t;id=%01;type=private;pin-value=12345678" \
    -subj "$subject" -out $t.csr 2>/dev/null
  # the CA: checks the request's signature, issues
  openssl x509 -req -in $t.csr -CA ca.crt -CAkey ca.key -days 365 -extfile ext.cnf -outform DER -out $t.der 2>/dev/null
  # what came back: the key and the subject of the request, and the CA that was asked
  openssl req -in $t.csr -noout -pubkey -subject >$t.asked
  openssl x509 -in $t.der -noout -pubkey -subject >$t.pem
  cmp -s $t.asked $t.pem
  openssl verify -CAfile ca.crt $t.der >/dev/null
  # each object written, read back at once and compared
  $p11 --write-object $t.der --type cert --id 01 --label cert --read-object -o $t.back >/dev/null 2>&1
  cmp -s $t.back $t.der
  for s in 1 2; do
    $p11 --write-object seal$s --type data --label seal$s --application-label sealbatch --read-object -o $t.back \
      >/dev/null 2>&1
    cmp -s $t.back seal$s || echo "$t: seal $s is cut at $(wc -c <$t.back) bytes" >>cut.log
  done
  # all of it once more in fresh processes: what is there, with the private key's attributes, and a signed challenge
  head -c 32 /dev/urandom >$t.challenge
  $p11 -O $sign --id 01 -i $t.challenge -o $t.answer >$t.list 2>/dev/null
  [ "$(grep -c '^[PCD].* [Oo]bject' $t.list)" = 5 ]
  grep -q "never extractable, local" $t.list
  $p11 --read-object --type pubkey --id 01 -o $t.1 >/dev/null 2>&1
  $p11 --read-object --type cert --id 01 -o $t.2 >/dev/null 2>&1
  for s in 1 2; do
    $p11 --read-object --type data --label seal$s --application-label sealbatch -o $t.seal$s >/dev/null 2>&1
  done
  if [ "$3" = rsa ]; then
    openssl dgst -sha256 -verify $t.pem -signature $t.answer $t.challenge >/dev/null
  else
    openssl pkeyutl -verify -pubin -inkey $t.pem -in $t.challenge -sigfile $t.answer >/dev/null
  fi
  # the burn protocol: serial, SHA-256 of each object as it is on the key, and of what was to be written
  echo "$t $serial" >>protocol
  sha256sum $t.1 $t.2 $t.seal1 $t.seal2 $t.der seal1 seal2 >>protocol
  cmp -s $t.2 $t.der
done
