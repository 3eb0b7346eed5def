/**
 * What runs in the reader's browser: every view shows one structure at a time with 3Dmol.js, which starts when the view first
 * comes into sight; a row of a table opens what it tells of. Ids of a view's parts begin with the view's prefix. Plain script,
 * because the page must work from a file without a server.
 */
export const CLIENT = String.raw`(() => {
  'use strict';
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  for (const script of document.querySelectorAll('script[data-viewer]')) mount(script.dataset.viewer);

  function mount(prefix) {
    const $ = (id) => document.getElementById(prefix + id);
    const { index, scale, row: kind } = json(prefix + 'scenes');
    const canvas = $('canvas');
    const pick = $('pick');
    const facts = [...$('viewer').querySelectorAll('.facts')];
    const rows = [...document.querySelectorAll('tr.link[data-' + kind + ']')];
    const groupOf = (element) => Number(element.dataset[kind]);
    let view;
    let shown = index[0];
    let scene;

    function start() {
      if (view) return true;
      if (!window.$3Dmol) {
        const script = document.createElement('script');
        script.textContent = document.getElementById('library').textContent;
        document.head.append(script);
      }
      canvas.textContent = '';
      try {
        view = window.$3Dmol.createViewer(canvas, { antialias: true });
      } catch {}
      if (!view) {
        canvas.innerHTML = '<p>This browser offers no WebGL, so structures cannot be shown.</p>';
        return false;
      }
      view.setProjection('orthographic');
      new ResizeObserver(() => { if (canvas.clientWidth > 0) { view.resize(); view.render(); } }).observe(canvas);
      return true;
    }

    function decode(id) {
      const s = json(prefix + 'scene-' + id);
      const bytes = Uint8Array.from(atob(s.data), (c) => c.charCodeAt(0));
      const n = s.atoms;
      s.positions = new Float32Array(bytes.buffer, 0, 3 * n);
      s.gamma = new Float32Array(bytes.buffer, 12 * n, n);
      s.species = bytes.subarray(16 * n, 17 * n);
      s.core = bytes.subarray(17 * n, 18 * n);
      return s;
    }

    function placeOf(grade) {
      const [low, middle, high] = scale.domain.map(Math.log);
      const g = Math.log(grade);
      if (!(g > low)) return 0;
      if (g >= high) return 1;
      return g < middle
        ? (scale.middle * (g - low)) / (middle - low)
        : scale.middle + ((1 - scale.middle) * (g - middle)) / (high - middle);
    }

    function colourAt(place) {
      const k = Math.max(1, scale.stops.findIndex(([at]) => at >= place));
      const [from, a] = scale.stops[k - 1];
      const [to, b] = scale.stops[k];
      const part = (hex, c) => parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16);
      const t = (place - from) / (to - from);
      return '#' + [0, 1, 2]
        .map((c) => Math.round(part(a, c) + t * (part(b, c) - part(a, c))).toString(16).padStart(2, '0'))
        .join('');
    }

    function gradeAt(place) {
      const [low, middle, high] = scale.domain.map(Math.log);
      return Math.exp(
        place < scale.middle
          ? low + (place / scale.middle) * (middle - low)
          : middle + ((place - scale.middle) / (1 - scale.middle)) * (high - middle),
      );
    }

    const short = (g) => (Number.isFinite(g) ? Number(g.toPrecision(3)).toString() : '\u221e');

    const lengthOf = (all, k) => Math.hypot(...[0, 1, 2].map((x) => all[k + 3 + x] - all[k + x]));

    /** Small enough for its arrow to be seen. */
    function movedSize(s, radius) {
      const far = s.change.arrows.length > 0 ? lengthOf(s.change.arrows, 0) : 1;
      return Math.min(0.6, Math.max(0.32, (0.3 * far) / radius));
    }

    function atomsOf(s) {
      const byGrade = s.graded && $('paint')?.value !== 'element';
      const least = Number($('least')?.value ?? 0);
      const atoms = [];
      for (let i = 0; i < s.atoms; i++) {
        const place = s.graded ? placeOf(s.gamma[i]) : 1;
        if (least > 0 && place < least) continue;
        const elem = s.elements[s.species[i]];
        const colour = s.change && s.core[i] ? colourOf('--blue') : byGrade ? colourAt(place) : window.$3Dmol.elementColors.Jmol[elem] ?? 0xc0c0c0;
        const known = s.buffered ? !s.core[i] : s.graded && place < scale.middle;
        const size = s.change ? (s.core[i] ? movedSize(s, s.radii[s.species[i]]) : 0.26) : i === s.marked ? 1 : known ? 0.36 : s.buffered || s.graded ? 0.7 : 0.6;
        const radius = s.radii[s.species[i]] * size;
        const [x, y, z] = s.positions.subarray(3 * i, 3 * i + 3);
        const text = elem + ' ' + i + (s.graded ? ' \u00b7 \u03b3 ' + short(s.gamma[i]) : '');
        atoms.push({ elem, x, y, z, serial: i, bonds: [], bondOrder: [], properties: { text }, style: { sphere: { radius, color: colour } } });
      }
      return atoms;
    }

    function drawCell({ cell, origin }) {
      if (!cell) return;
      const corner = (a, b, c) => {
        const at = (x) => origin[x] + a * cell[x] + b * cell[3 + x] + c * cell[6 + x];
        return { x: at(0), y: at(1), z: at(2) };
      };
      for (const p of [0, 1])
        for (const q of [0, 1])
          for (const [start, end] of [
            [corner(0, p, q), corner(1, p, q)],
            [corner(p, 0, q), corner(p, 1, q)],
            [corner(p, q, 0), corner(p, q, 1)],
          ])
            view.addCylinder({ start, end, radius: 0.05, color: colourOf('--ink'), fromCap: 1, toCap: 1 });
    }

    function drawArrows(s) {
      const all = s.change?.arrows ?? [];
      for (let k = 0; k < all.length; k += 6) {
        const at = (j) => ({ x: all[j], y: all[j + 1], z: all[j + 2] });
        view.addArrow({ start: at(k), end: at(k + 3), radius: Math.min(0.16, 0.12 * lengthOf(all, k)), radiusRatio: 2.2, mid: 0.72, color: colourOf('--vermilion') });
      }
    }

    function markAtom(s) {
      const i = s.marked;
      if (i < 0 || i >= s.atoms) return;
      const [x, y, z] = s.positions.subarray(3 * i, 3 * i + 3);
      const text = s.change ? s.change.text : s.graded ? '\u03b3 ' + short(s.gamma[i]) : 'atom ' + i;
      view.addLabel(text, {
        position: { x, y, z },
        inFront: true,
        alignment: 'bottomLeft',
        screenOffset: { x: 22, y: 22 },
        fontSize: 12,
        fontColor: 'white',
        backgroundColor: '#1d2733',
        backgroundOpacity: 0.82,
        borderThickness: 0,
      });
    }

    function nearby(s) {
      if (!s.change || s.marked < 0) return undefined;
      const at = (i) => s.positions.subarray(3 * i, 3 * i + 3);
      const far = (i) => Math.hypot(...at(i).map((x, k) => x - at(s.marked)[k]));
      return { serial: Array.from({ length: s.atoms }, (_, i) => i).filter((i) => far(i) < 7 || s.core[i]) };
    }

    function draw(turn) {
      if (!start()) return;
      view.setBackgroundColor(colourOf('--paper'));
      view.removeAllModels();
      view.removeAllShapes();
      view.removeAllLabels();
      view.addModel().addAtoms(atomsOf(scene));
      drawCell(scene);
      drawArrows(scene);
      markAtom(scene);
      let label;
      view.setHoverable({}, true,
        (atom) => { label = view.addLabel(atom.properties.text, { position: atom, inFront: true, fontSize: 12, backgroundOpacity: 0.8 }); },
        () => { if (label) view.removeLabel(label); label = undefined; });
      view.setHoverDuration(120);
      if (turn) {
        view.setView([0, 0, 0, 0, 0, 0, 0, 1]);
        view.zoomTo(nearby(scene));
        view.rotate(scene.change?.turn ?? -25, 'z');
        view.rotate(-76, 'vx');
        view.zoom(1.3);
      }
      view.render();
      canvas.dataset.scene = shown.id;
    }

    function variants() {
      const mine = index.filter((s) => s.group === shown.group);
      $('variants').replaceChildren(...mine.map((s) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = s.label;
        button.setAttribute('aria-pressed', String(s === shown));
        button.onclick = () => show(s);
        return button;
      }));
    }

    function describe() {
      const grades = scene.graded ? [...scene.gamma].filter(Number.isFinite) : [];
      $('hint').textContent = scene.atoms + ' atoms'
        + (scene.change ? (scene.buffered ? ', the large blue ones move' : '') + ', arrows lead from where they were to where they stay'
          : scene.buffered ? ', large ones learned, small ones buffer' : scene.graded ? ', small ones known' : '')
        + (scene.marked >= 0 && !scene.change ? ', the largest is the one in question' : '')
        + (grades.length ? ', \u03b3 up to ' + short(grades.reduce((a, b) => Math.max(a, b))) : '')
        + '. Drag to turn, scroll to zoom, point at an atom for its number.';
    }

    function show(next, draws = true) {
      const stays = shown.group === next.group && scene?.change;
      shown = next;
      scene = decode(next.id);
      pick.value = String(next.group);
      variants();
      describe();
      for (const f of facts) f.hidden = groupOf(f) !== next.group;
      for (const r of rows) r.classList.toggle('on', groupOf(r) === next.group);
      if (draws) draw(!stays || !view);
    }

    const groups = [...pick.options].map((o) => Number(o.value));
    const showGroup = (group) => { const s = index.find((e) => e.group === group); if (s) show(s); };
    const step = (by) => {
      const turn = (list, at) => list[(list.indexOf(at) + by + list.length) % list.length];
      if (groups.length > 1) showGroup(turn(groups, shown.group));
      else show(turn(index, shown));
    };
    $('previous').onclick = () => step(-1);
    $('next').onclick = () => step(1);
    pick.onchange = () => showGroup(Number(pick.value));
    if ($('paint')) $('paint').onchange = () => draw(false);
    if ($('least')) $('least').oninput = () => {
      const place = Number($('least').value);
      $('least-value').textContent = place > 0 ? short(gradeAt(place)) : 'all';
      draw(false);
    };
    const open = (row) => {
      showGroup(groupOf(row));
      $('viewer').scrollIntoView({ behavior: 'smooth', block: 'nearest' });
    };
    for (const row of rows) {
      row.onclick = () => open(row);
      row.onkeydown = (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); open(row); } };
    }
    const follow = () => {
      const row = rows.find((r) => '#' + r.id === location.hash);
      if (row) open(row);
    };
    addEventListener('hashchange', follow);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => view && draw(false));
    show(shown, false);
    new IntersectionObserver((seen, watcher) => {
      if (!seen.some((e) => e.isIntersecting)) return;
      watcher.disconnect();
      if (!view) draw(true);
    }, { rootMargin: '200px' }).observe(canvas);
    follow();
  }
})();`;
