#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The review page in a real browser, worked by its keys: nothing can be approved before every finding was
# looked at, the differing characters are marked, and what the page exports is what `review import` takes.
# usage: review_browser.sh SEALBATCH ORDER_DIR   (an order with one planted mistake)
set -euo pipefail
sealbatch=$1 order=$2
browser=$(command -v chromium || true)
[ -n "$browser" ] || { echo "chromium is not installed"; exit 77; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

"$sealbatch" init "$place/ws" >/dev/null
mkdir "$place/inbox"
cp -r "$order" "$place/inbox/"
# A second finding beside the planted one: a company's name that is not the printed one.
sed -i 's/公司"/公词"/' "$place/inbox/$(basename "$order")/order.json"
code=0
"$sealbatch" run "$place/inbox" -w "$place/ws" >/dev/null 2>&1 || code=$?
[ "$code" -eq 3 ] || fail "the order should wait for review, run gave $code"

# A page beside the real one presses its keys and tells what it saw.
cat > "$place/ws/out/driver.html" <<'PAGE'
<!doctype html><meta charset="utf-8"><iframe id="page" src="review.html" width="1200" height="900"></iframe>
<pre id="told"></pre><script>
const frame = document.getElementById('page');
frame.onload = () => {
  const page = frame.contentWindow, doc = frame.contentDocument, told = {};
  const press = (key) => doc.dispatchEvent(new page.KeyboardEvent('keydown', { key, bubbles: true }));
  const count = () => doc.getElementById('count').textContent;
  page.HTMLAnchorElement.prototype.click = function () { told.exported = decodeURIComponent(this.href.split(',').slice(1).join(',')); };
  told.cards = doc.querySelectorAll('[id^=f]').length;
  told.marked = doc.querySelectorAll('mark').length;
  told.seals = doc.querySelectorAll('.seal').length;
  press('a');
  told.early = count();
  for (let i = 0; i < told.cards; i++) press('j');
  press('a');
  told.hasty = count();
  setTimeout(() => {
    doc.dispatchEvent(new page.KeyboardEvent('keydown', { key: 'a', bubbles: true, repeat: true }));
    told.held = count();
    press('r');
    told.reason = doc.querySelector('textarea').value.slice(0, 12);
    doc.querySelector('textarea').dispatchEvent(new page.KeyboardEvent('keydown', { key: 'Escape' }));
    press('a');
    press('u');
    told.undone = count();
  }, 1000);
  setTimeout(() => {
    press('a');
    told.late = count();
    told.kept = Object.keys(page.sessionStorage).filter((k) => k.startsWith('sealbatch-review')).length;
    press('w');
    told.zoomed = doc.querySelectorAll('#zoom img').length;
    press('e');
    document.getElementById('told').textContent = JSON.stringify(told);
  }, 2500);
};
</script>
PAGE
"$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --allow-file-access-from-files --user-data-dir="$place/profile" \
  --virtual-time-budget=5000 --dump-dom "file://$place/ws/out/driver.html" > "$place/dom.html" 2>/dev/null
told=$(sed -n 's/.*<pre id="told">\(.*\)/\1/p' "$place/dom.html" | sed 's/<\/pre>.*//; s/&quot;/"/g; s/&amp;/\&/g; s/&lt;/</g; s/&gt;/>/g')
[ -n "$told" ] || fail "the page did not come up"
echo "$told" | cut -c1-200
value() { printf '%s' "$told" | sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
[ "$(value cards)" -ge 2 ] || fail "the order has two findings, the page shows $(value cards)"
[ "$(value marked)" -ge 1 ] || fail "no differing character is marked"
[ "$(value seals)" -ge 1 ] || fail "no seal is shown"
[ "${told#*\"early\":\"0}" != "$told" ] || fail "an order was approved before its findings were looked at: $(value early)"
[ "${told#*\"hasty\":\"0}" != "$told" ] || fail "an order was approved that had just appeared: $(value hasty)"
[ "${told#*\"held\":\"0}" != "$told" ] || fail "a key that is held down approves: $(value held)"
[ -n "$(value reason)" ] || fail "no words for the applicant are offered"
[ "${told#*\"undone\":\"0}" != "$told" ] || fail "u does not take the last decision back: $(value undone)"
[ "$(value kept)" -eq 1 ] || fail "decisions would not survive a reload"
[ "$(value zoomed)" -eq 1 ] || fail "the whole page is not shown"
[ "${told#*\"late\":\"1}" != "$told" ] || fail "the keys do not approve: $(value late)"

printf '%s' "$told" | sed 's/.*"exported":"//; s/"}$//; s/\\n/\n/g; s/\\"/"/g' > "$place/decisions.json"
code=0
"$sealbatch" review import "$place/decisions.json" --as "Li Na" -w "$place/ws" >/dev/null 2>&1 || code=$?
[ "$code" -eq 3 ] || fail "the first reviewer's decisions were not taken ($code)"
"$sealbatch" review import "$place/decisions.json" --as "Wang Wu" -w "$place/ws" >/dev/null 2>&1 || fail "the second reviewer's were not"
echo "the review page works in a browser"
