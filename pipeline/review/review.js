/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The review page: shows one order at a time and takes decisions by keyboard. Loads nothing, sends nothing; until they
 * are exported, decisions survive a reload in this tab alone (the other reviewer must not meet them).
 */
'use strict';
(function () {
  const data = JSON.parse(document.getElementById('data').textContent);
  const zh = data.language === 'zh';
  const T = zh ? {
    title: '待审核订单', export: '导出决定 (e)', of: (a, b) => `已决定 ${a} / ${b}`, read: '识别', form: '填写',
    keys: [['j/k', '上下'], ['n/p', '订单'], ['a', '通过'], ['r', '退回'], ['u', '撤销'], ['w', '整页'], ['+/-', '缩放'], ['z', '印章 400%'], ['e', '导出']],
    look: '请先逐项看完每个待审核的问题（j）', slow: '请看清楚再决定', kept: '离开前请先导出决定 (e)', verdict: { confirmed: '已确认', denied: '不符', undecided: '未能确认', none: '' }, refuse: '此订单须退回申请人，不能通过', why: '退回原因（必填，回车确认）', approved: '通过', rejected: '退回：',
    none: '没有待审核的订单', gone: '没有图片', seals: '印章', measured: '实测', declared: '尺寸', fused: '提取结果', sample: '印模', unused: '未采用', by: '复核：第 1 位审核人已通过：',
    scale: { unproven: '尺寸来源：未证实', sheet_marks: '尺寸来源：采集表标记', paper_edges: '尺寸来源：纸张边缘', dpi_page_size: '尺寸来源：分辨率与页面大小', page_size: '尺寸来源：整页为 A4（文件分辨率缺失或错误）', paper_side: '尺寸来源：照片中完整的一条纸边' },
  } : {
    title: 'Orders to review', export: 'Export decisions (e)', of: (a, b) => `${a} of ${b} decided`, read: 'read', form: 'form',
    keys: [['j/k', 'finding'], ['n/p', 'order'], ['a', 'approve'], ['r', 'reject'], ['u', 'undo'], ['w', 'whole page'], ['+/-', 'zoom'], ['z', 'seals 400 %'], ['e', 'export']],
    look: 'Look at every finding first (j)', slow: 'Take a look before you decide', kept: 'Export the decisions first (e)', verdict: { confirmed: 'confirmed', denied: 'another text', undecided: 'not sure', none: '' }, refuse: 'This order must go back to the applicant; it cannot be approved', why: 'Why it is rejected (needed; Enter confirms)', approved: 'approved', rejected: 'rejected: ',
    none: 'No order waits for review', gone: 'no picture', seals: 'Seals', measured: 'measured', declared: 'size', fused: 'extracted', sample: 'sample', unused: 'not used', by: 'Second review. Approved by the first reviewer: ',
    scale: { unproven: 'scale: not proven', sheet_marks: 'scale: marks of the sheet', paper_edges: 'scale: paper edges', dpi_page_size: 'scale: dpi and page size', page_size: 'scale: the picture is one A4 page (the file’s dpi is wrong or absent)', paper_side: 'scale: one whole side of the paper in a cut photo' },
  };
  const MM = 96 / 25.4; /* CSS pixels a millimetre */
  const LOOK_MS = 700;  /* an order that just appeared was not looked at: a key held down must not decide */
  const KEPT = ['sealbatch-review', data.made_at, data.orders.length, data.orders.reduce((n, o) => n + o.decided.length, 0)].join(' ');
  const decisions = new Map(); /* order_id -> {verdict, note} */
  const seen = new Map();      /* order_id -> Set of finding indexes */
  const decided = [];          /* order_ids, the last decided last */
  let at = 0, finding = 0, big = false, asking = false, exported = true, shownAt = 0, scale = 1;

  const place = (id) => document.getElementById(id);
  const make = (tag, cls, text) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined && text !== null) e.textContent = text;
    return e;
  };
  const order = () => data.orders[at];
  const needed = (o) => o.findings.map((f, i) => f.severity === 'note' ? -1 : i).filter((i) => i >= 0);
  const seenOf = (o) => { if (!seen.has(o.order_id)) seen.set(o.order_id, new Set()); return seen.get(o.order_id); };
  const allSeen = (o) => needed(o).every((i) => seenOf(o).has(i));
  const pageOf = (o, f) => f && f.page !== undefined ? o.pages[f.page].picture : null;

  /* ---- what survives a reload ---- */

  function keep() {
    exported = false;
    const list = data.orders.filter((o) => decisions.has(o.order_id)).map((o) => [o.order_id, o.result, decisions.get(o.order_id)]);
    try { sessionStorage.setItem(KEPT, JSON.stringify(list)); } catch (e) { /* the page works without it */ }
  }
  function recall() {
    try {
      for (const [id, result, decision] of JSON.parse(sessionStorage.getItem(KEPT) || '[]'))
        if (data.orders.some((o) => o.order_id === id && o.result === result)) { decisions.set(id, decision); exported = false; }
    } catch (e) { /* nothing was kept */ }
  }
  function decide(o, decision) {
    decisions.set(o.order_id, decision);
    decided.push(o.order_id);
    keep();
    next();
  }

  /* ---- an order ---- */

  function picture(slot, cls) {
    if (!slot || !slot.src) return make('div', 'gone', T.gone);
    const img = make('img', cls);
    img.src = slot.src;
    img.alt = '';
    return img;
  }

  function text(marks, plain) {
    const dd = make('dd');
    if (!marks) { dd.textContent = plain; return dd; }
    for (const [part, differs] of marks) dd.appendChild(differs ? make('mark', '', part) : document.createTextNode(part));
    return dd;
  }

  function findingCard(f, i, o) {
    const card = make('article', 'finding ' + f.severity);
    card.id = 'f' + i;
    card.appendChild(make('h2', '', f.title));
    const where = [f.role, f.seal, f.field, f.file].filter((x, k, all) => x && all.indexOf(x) === k).join(' · ');
    card.appendChild(make('div', 'where', where));
    card.appendChild(make('p', 'hint', f.hint + (f.detail ? ' — ' + f.detail : '')));
    if (f.crop) card.appendChild(picture(f.crop, f.seal ? 'crop' : 'crop line'));
    else if (pageOf(o, f) && f.severity !== 'note') card.appendChild(picture(pageOf(o, f), 'crop'));
    if (f.read !== null || f.form !== null) {
      const dl = make('dl', 'texts');
      dl.append(make('dt', '', T.read), text(f.read_marks, f.read === null ? '—' : f.read));
      dl.append(make('dt', '', T.form), text(f.form_marks, f.form === null ? '—' : f.form));
      card.appendChild(dl);
    }
    card.addEventListener('click', () => { look(i); });
    return card;
  }

  function sealCard(s) {
    const box = make('div', 'seal'), row = make('div', 'row');
    const measured = s.measured_mm ? s.measured_mm.map((x) => x === null ? '?' : x.toFixed(2)).join(' × ') : '?';
    box.appendChild(make('h2', '', `${s.title || s.type}  ${s.width_mm} × ${s.height_mm} mm`));
    box.appendChild(make('div', 'where', `${T.measured} ${measured} mm · ${T.scale[s.scale_source] || s.scale_source || ''}`));
    const fused = make('figure');
    const img = picture(s, 'fused');
    if (s.src) {
      const k = big ? 4 : 1;
      img.width = Math.round(s.width_mm * MM * k);
      img.height = Math.round(s.height_mm * MM * k);
    }
    fused.append(img, make('figcaption', '', `${T.fused} ${big ? '400 %' : '100 %'}`));
    row.appendChild(fused);
    s.samples.forEach((x, i) => {
      const fig = make('figure', x.used ? '' : 'unused');
      const words = [`${T.sample} ${i + 1}`, x.used ? '' : T.unused, x.reasons || ''].filter(Boolean).join(' · ');
      fig.append(picture(x.crop, 'sample'), make('figcaption', '', words));
      row.appendChild(fig);
    });
    box.appendChild(row);
    for (const line of s.lines || []) {
      const verdict = line.verdict in T.verdict ? T.verdict[line.verdict] : line.verdict;
      if (line.text) box.appendChild(make('div', 'where', line.text + (verdict ? ` (${verdict})` : '')));
    }
    return box;
  }

  function reasonBox(o) {
    const area = make('textarea');
    const said = o.findings.filter((f) => f.severity !== 'note').map((f) => f.say);
    area.rows = 3;
    area.maxLength = 500;
    area.placeholder = T.why;
    area.value = said.filter((x, k) => x && said.indexOf(x) === k).join(zh ? '；' : '; ').slice(0, 500);
    area.addEventListener('keydown', (e) => {
      e.stopPropagation();
      if (e.key === 'Escape') { asking = false; drawBar(); }
      if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && area.value.trim()) {
        e.preventDefault();
        asking = false;
        decide(o, { verdict: 'reject', note: area.value.trim() });
      }
    });
    setTimeout(() => { area.focus(); area.select(); }, 0);
    return area;
  }

  function drawBar(warning) {
    const o = order(), bar = place('decision'), d = decisions.get(o.order_id);
    bar.replaceChildren();
    if (asking) bar.append(make('div', 'where', T.why), reasonBox(o));
    else if (warning) bar.append(make('span', 'reject', warning));
    else if (d) bar.append(make('strong', d.verdict, d.verdict === 'approve' ? T.approved : T.rejected + d.note));
    else if (o.findings.some((f) => f.severity === 'refuse')) bar.append(make('span', 'reject', T.refuse));
    else if (!allSeen(o)) bar.append(make('span', 'where', T.look));
    else for (const [key, word] of T.keys.slice(2, 4)) bar.append(make('kbd', '', key), document.createTextNode(' ' + word + '   '));
  }

  function drawNav() {
    place('count').textContent = T.of(decisions.size, data.orders.length);
    place('orders').replaceChildren(...data.orders.map((o, i) => {
      const d = decisions.get(o.order_id);
      const a = make('a', (i === at ? 'now ' : '') + (d ? d.verdict : ''), o.order_id);
      a.appendChild(make('small', '', (d ? (d.verdict === 'approve' ? '✓ ' : '✗ ') : '') + needed(o).length + ' · ' + (o.form.company_name || o.kind)));
      a.addEventListener('click', () => go(i));
      return a;
    }));
    const now = place('orders').children[at];
    if (now) now.scrollIntoView({ block: 'nearest' });
  }

  function drawSeals() {
    const o = order();
    place('seals').replaceChildren(...(o.seals.length ? [make('h1', '', T.seals)] : []), ...o.seals.map(sealCard));
  }

  function drawOrder() {
    const o = order(), main = place('order'), seals = make('div'), bar = make('div');
    const parts = [make('h1', '', o.order_id + '  ' + (o.form.company_name || '')),
      make('p', '', [o.form.credit_code, o.form.legal_rep, o.kind, o.profile].filter(Boolean).join(' · '))];
    const first = o.decided.find((d) => d.place === 1);
    if (first) parts.push(make('p', 'where', T.by + first.reviewer));
    o.findings.forEach((f, i) => parts.push(findingCard(f, i, o)));
    seals.id = 'seals';
    bar.id = 'decision';
    main.replaceChildren(...parts, seals, bar);
    drawSeals();
    shownAt = performance.now();
  }

  /* ---- what the keys do ---- */

  function look(i) {
    const o = order();
    if (o.findings.length) {
      finding = Math.max(0, Math.min(o.findings.length - 1, i));
      seenOf(o).add(finding);
      o.findings.forEach((f, k) => {
        place('f' + k).classList.toggle('seen', seenOf(o).has(k));
        place('f' + k).classList.toggle('now', k === finding);
      });
      place('f' + finding).scrollIntoView({ block: 'center' });
    }
    if (!place('zoom').hidden) showPage();
    drawBar();
  }
  function go(i) {
    if (!data.orders.length) return;
    at = Math.max(0, Math.min(data.orders.length - 1, i));
    asking = false;
    place('zoom').hidden = true;
    drawOrder();
    drawNav();
    look(0);
    window.scrollTo(0, 0);
  }
  function next() {
    const open = data.orders.findIndex((o, i) => i > at && !decisions.has(o.order_id));
    const any = open >= 0 ? open : data.orders.findIndex((o) => !decisions.has(o.order_id));
    if (any >= 0) go(any); else { drawNav(); drawBar(); }
  }
  function approve() {
    const o = order();
    if (o.findings.some((f) => f.severity === 'refuse') || !allSeen(o)) return;
    if (performance.now() - shownAt < LOOK_MS) drawBar(T.slow);
    else decide(o, { verdict: 'approve' });
  }
  function undo() {
    if (!decisions.has(order().order_id)) {
      const last = decided.pop();
      if (!last) return;
      at = data.orders.findIndex((o) => o.order_id === last);
    }
    decisions.delete(order().order_id);
    keep();
    go(at);
  }
  function showPage() {
    const img = picture(pageOf(order(), order().findings[finding]), '');
    if (img.src) img.addEventListener('load', () => { img.width = Math.round(img.naturalWidth * scale); });
    place('zoom').replaceChildren(img);
    place('zoom').hidden = false;
  }
  function whole() {
    if (place('zoom').hidden) showPage(); else place('zoom').hidden = true;
  }
  function zoom(by) {
    scale = Math.max(.5, Math.min(4, scale * by));
    const img = place('zoom').querySelector('img');
    if (img) img.width = Math.round(img.naturalWidth * scale);
  }
  function exportAll() {
    const list = data.orders.filter((o) => decisions.has(o.order_id)).map((o) => {
      const d = decisions.get(o.order_id), out = { order_id: o.order_id, result: o.result, verdict: d.verdict };
      if (d.note) out.note = d.note;
      return out;
    });
    const body = JSON.stringify({ type: 'sealbatch-decisions', version: 1, decisions: list }, null, 1);
    const a = make('a');
    a.href = 'data:application/json;charset=utf-8,' + encodeURIComponent(body);
    a.download = 'decisions.json';
    a.click();
    exported = true;
  }

  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !data.orders.length) return;
    const once = { a: approve, r: () => { asking = true; drawBar(); }, u: undo, w: whole, e: exportAll,
      z: () => { big = !big; drawSeals(); } }[e.key];
    const act = { j: () => look(finding + 1), k: () => look(finding - 1), n: () => go(at + 1), p: () => go(at - 1),
      '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(.8), Escape: () => { place('zoom').hidden = true; } }[e.key];
    if (once || act) e.preventDefault();
    if (act) act();
    else if (once && !e.repeat) once();
  });
  window.addEventListener('beforeunload', (e) => { if (decisions.size && !exported) { e.preventDefault(); e.returnValue = T.kept; } });
  for (const [key, word] of T.keys) place('keys').append(make('kbd', '', key), document.createTextNode(' ' + word + '  '));
  document.documentElement.lang = zh ? 'zh-CN' : 'en';
  place('title').textContent = T.title;
  place('export').textContent = T.export;
  place('export').addEventListener('click', exportAll);
  place('zoom').addEventListener('click', whole);
  recall();
  drawNav();
  if (data.orders.length) go(Math.max(0, data.orders.findIndex((o) => !decisions.has(o.order_id))));
  else place('order').replaceChildren(make('div', 'done', T.none));
}());
