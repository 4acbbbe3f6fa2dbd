/* The code of the page: filters the matrix, moves in it, shows the details of a cell. All text goes in as text, never as HTML. */
const table = document.querySelector('#matrix table');
const detail = document.querySelector('#detail');
const form = document.querySelector('#filters');
const rows = [...table.tBodies[0].rows];
const heads = [...table.tHead.rows[0].cells].slice(1);
let packed;
let opened;

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const verdictOf = (button) => button.classList[0];
const buttonOf = (cell) => cell?.querySelector('button');

/* Filters */

function filter() {
  const data = new FormData(form);
  const kernel = data.get('kernel').trim().toLowerCase();
  table.classList.toggle('times', data.has('times'));
  const columns = heads.map((head) => head.textContent.toLowerCase().includes(kernel));
  for (const [index, head] of heads.entries()) head.hidden = !columns[index];
  const chosen = {
    name: data.get('case').trim().toLowerCase(),
    verdicts: new Set(data.getAll('verdict')),
    all: form.querySelectorAll('[name=verdict]:not(:checked):not(:disabled)').length === 0,
    differs: data.has('differs'),
  };
  for (const row of rows) filterRow(row, columns, chosen);
  const cases = rows.filter((row) => !row.hidden).length;
  const kernels = columns.filter(Boolean).length;
  form.querySelector('#shown').value = `${cases} of ${rows.length} cases, ${kernels} of ${heads.length} kernels`;
  rove();
}

function filterRow(row, columns, { name, verdicts, all, differs }) {
  const seen = new Set();
  let wanted = all;
  for (const [index, cell] of [...row.cells].slice(1).entries()) {
    cell.hidden = !columns[index];
    const button = buttonOf(cell);
    if (!button || cell.hidden) continue;
    const on = verdicts.has(verdictOf(button));
    button.classList.toggle('off', !on);
    seen.add(verdictOf(button));
    wanted ||= on;
  }
  row.hidden = !row.cells[0].textContent.toLowerCase().includes(name) || !wanted || (differs && seen.size < 2);
}

/* The Tab key reaches one cell of the matrix; arrow keys choose which. */

const shownButtons = () =>
  rows
    .filter((row) => !row.hidden)
    .map((row) =>
      [...row.cells]
        .slice(1)
        .filter((cell) => !cell.hidden)
        .map(buttonOf),
    );

function rove(to) {
  const before = table.querySelector('button[tabindex="0"]');
  const usable = (button) => button && !button.closest('[hidden]');
  const next = to ?? (usable(before) ? before : shownButtons().flat().find(Boolean));
  if (before && before !== next) before.tabIndex = -1;
  if (next) next.tabIndex = 0;
  return next;
}

function move(from, down, right) {
  const grid = shownButtons();
  const y = grid.findIndex((row) => row.includes(from));
  const x = grid[y]?.indexOf(from) ?? 0;
  const inside = (row, column) => grid[row] !== undefined && column >= 0 && column < grid[row].length;
  let [row, column] = [y + down, x + right];
  while (inside(row, column) && !grid[row][column]) [row, column] = [row + down, column + right];
  if (inside(row, column)) rove(grid[row][column]).focus();
}

table.addEventListener('keydown', (event) => {
  const from = event.target.closest('button');
  const ends = { Home: 0, End: -1 };
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  if (!from) return;
  if (event.key in steps) move(from, ...steps[event.key]);
  else if (event.key in ends)
    rove(
      shownButtons()
        .find((row) => row.includes(from))
        .filter(Boolean)
        .at(ends[event.key]),
    ).focus();
  else return;
  event.preventDefault();
});

/* The details of a cell */

async function unpack(number) {
  packed ??= document.querySelector('#details').textContent.trim().split('\n');
  const bytes = Uint8Array.from(atob(packed[number]), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

async function open(button) {
  const found = await unpack(button.dataset.cell);
  opened?.removeAttribute('aria-expanded');
  opened = rove(button);
  opened.setAttribute('aria-expanded', 'true');
  const sign = make('span', { className: `sign ${found.verdict}`, textContent: found.verdict });
  detail.replaceChildren(
    make('h2', {}, sign, `${found.case} on ${found.kernel}`),
    bar(found),
    facts(found.facts),
    ...observations(found.observations),
    ...found.reports.flatMap(([title, lines]) => [make('h3', { textContent: title }), log(lines)]),
    ...consoleOf(found),
    ...(found.transcript.length > 0 ? [folded('What the scenario did', log(found.transcript))] : []),
  );
  detail.hidden = false;
  history.replaceState(null, '', `#${encodeURIComponent(`${found.case}@${found.kernel}`)}`);
  detail.focus({ preventScroll: true });
  detail.scrollIntoView({ block: 'start' });
}

function close() {
  if (!opened) return;
  detail.hidden = true;
  opened.removeAttribute('aria-expanded');
  opened.focus();
  history.replaceState(null, '', location.pathname);
  opened = undefined;
}

function bar(found) {
  const action = (textContent, onclick) => make('button', { type: 'button', textContent, onclick });
  const splat = () => detail.querySelector('pre span.splat')?.scrollIntoView({ block: 'center' });
  return make(
    'div',
    { className: 'bar' },
    action('Close', close),
    action('Previous unexpected', () => jump(-1)),
    action('Next unexpected', () => jump(1)),
    ...(found.splatLines.length > 0 ? [action('First splat in the console', splat)] : []),
  );
}

function facts(pairs) {
  const shown = pairs.flatMap(([name, value]) => [
    make('dt', { textContent: name }),
    make('dd', { textContent: value, className: name === 'run it again' ? 'command' : '' }),
  ]);
  return make('dl', {}, ...shown);
}

function observations(all) {
  const wrong = all.filter(([, verdict]) => verdict !== 'PASS');
  const right = all.length - wrong.length;
  return [
    ...(wrong.length > 0 ? [make('h3', { textContent: 'Differences' }), tableOf(wrong)] : []),
    ...(right > 0
      ? [folded(`${right} observed as expected`, tableOf(all.filter(([, verdict]) => verdict === 'PASS')))]
      : []),
  ];
}

function tableOf(leaves) {
  const head = ['path', 'verdict', 'expected', 'observed'].map((textContent) =>
    make('th', { scope: 'col', textContent }),
  );
  const body = leaves.map(([path, verdict, expected, observed]) => {
    const [left, right] = verdict === 'PASS' ? [[expected], [observed]] : marked(expected, observed);
    return make('tr', {}, ...[[path], [verdict], left, right].map((parts) => make('td', {}, ...parts)));
  });
  return make(
    'div',
    { className: 'wide' },
    make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...body)),
  );
}

/* Both texts, with marks around the part that differs. */
function marked(one, other) {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return [one, other].map((text) => {
    const middle = text.slice(start, text.length - end);
    return [
      text.slice(0, start),
      ...(middle === '' ? [] : [make('mark', { textContent: middle })]),
      text.slice(text.length - end),
    ];
  });
}

function log(lines, splats = new Set()) {
  const shown = lines.map((textContent, place) => {
    const line = make('span', { textContent, className: splats.has(place) ? 'splat' : '' });
    line.dataset.place = place + 1;
    return line;
  });
  return make('pre', { tabIndex: 0 }, ...shown);
}

function consoleOf({ console: lines, splatLines }) {
  if (lines.length === 0) return [];
  const marks = splatLines.length > 0 ? `, ${splatLines.length} of them of splats (⚠)` : '';
  return [make('h3', { textContent: `Console: ${lines.length} lines${marks}` }), log(lines, new Set(splatLines))];
}

function folded(textContent, content) {
  return make('details', {}, make('summary', { textContent }), content);
}

/* Opens the next result that is not as expected, row by row. */
function jump(step) {
  const buttons = shownButtons()
    .flat()
    .filter((button) => button?.dataset.unexpected !== undefined);
  if (buttons.length === 0) return;
  const here = buttons.indexOf(opened ?? table.querySelector('button[tabindex="0"]'));
  const next = here < 0 ? (step > 0 ? 0 : buttons.length - 1) : (here + step + buttons.length) % buttons.length;
  open(buttons[next]);
}

/* Events */

table.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button) open(button);
});
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && !event.target.matches('input')) close();
  if (event.target.matches('input')) return;
  if (event.key === 'n') jump(1);
  if (event.key === 'p') jump(-1);
  if (event.key === '/') {
    event.preventDefault();
    form.elements.case.focus();
  }
});

filter();
const named = decodeURIComponent(location.hash.slice(1));
const wanted =
  named &&
  [...table.querySelectorAll('button')].find((button) =>
    button.ariaLabel.replace(/, unstable$/, '').endsWith(`: ${named.replace('@', ' on ')}`),
  );
if (wanted) open(wanted);
