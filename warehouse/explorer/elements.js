// Elements, and how values are worded. What comes from the data becomes text or an attribute's value, never markup.
// Control characters, and overrides that make a text read other than it is, are shown as their escapes.
const plain = (text) =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
const filled = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : plain(`${value}`));
  }
  const given = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...given.map((child) => (child instanceof Node ? child : plain(`${child}`))));
  return node;
};
const el = (name, attributes, ...children) => filled(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) =>
  filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);

// Where a page is; null where an exported file does not hold it, so that no link leads nowhere.
const to = (page, about) => (held(page, about) ? `#/${page}/${encodeURIComponent(about)}` : null);
const link = (page, about, text, attributes) => el('a', { href: to(page, about), ...attributes }, text);

const count = (number, one, many) => `${number.toLocaleString('en')} ${number === 1 ? one : many ?? `${one}s`}`;
const listed = (texts) => texts.filter((text) => text !== null && text !== undefined && text !== '').join(' · ');
const years = (first, last) => (first === null ? '' : first === last ? `${first}` : `${first}–${last}`);
const ordinal = (n) => {
  const ending = n % 100 > 10 && n % 100 < 14 ? 'th' : ['th', 'st', 'nd', 'rd'][n % 10] ?? 'th';
  return `${n}${ending}`;
};
const worded = (id) => `${id ?? ''}`.replaceAll('_', ' ').replaceAll('-', ' ');

// 2:33.574, or 23:59:58.120 where there are hours.
const time = (ms) => {
  if (ms === null || ms === undefined) return '';
  const all = Math.abs(ms);
  const [hours, minutes] = [Math.floor(all / 3600000), Math.floor(all / 60000) % 60];
  const seconds = ((all % 60000) / 1000).toFixed(3);
  if (hours) return `${hours}:${`${minutes}`.padStart(2, '0')}:${seconds.padStart(6, '0')}`;
  return minutes ? `${minutes}:${seconds.padStart(6, '0')}` : seconds;
};
const signed = (ms) => `${ms < 0 ? '−' : '+'}${time(ms)}`;
const day = (iso) =>
  iso && new Date(`${iso}T00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
// 26–27 July 1997, or each day in full where they are of two months.
const days = (first, last) => {
  if (!first || !last || first === last) return day(first ?? last);
  return first.slice(0, 8) === last.slice(0, 8) ? `${Number(first.slice(8))}–${day(last)}` : `${day(first)} – ${day(last)}`;
};

// How sure it is that a printed name is this person.
const SURE = {
  name: ['certain', 'printed in full'],
  decision: ['certain', 'decided by a person'],
  variant: ['likely', 'a variant of the name'],
  linked: ['likely', 'linked by evidence'],
  ambiguous: ['open', 'several people fit'],
  unresolved: ['open', 'nobody fits well enough'],
};
const sure = (method) => SURE[method] ?? ['open', 'unknown'];

// The crew as links, with what is not certain marked.
const crewOf = (crew, without) =>
  el('span', { class: 'crew' }, crew.filter((one) => one.driver_id === null || one.driver_id !== without).map((one) => {
    const [certainty, why] = sure(one.method);
    const attributes = { class: `name ${certainty}`, 'data-tip': certainty === 'certain' ? null : `${certainty}: ${why}` };
    const shown = one.nominated ? `${one.name}*` : one.name;
    return el('span', { class: 'seat' }, one.driver_id === null ? el('span', attributes, shown) : link('driver', one.driver_id, shown, attributes));
  }));

const section = (title, note, ...children) =>
  el('section', null, el('h2', null, title), note && el('p', { class: 'note' }, note), ...children);
const figures = (pairs) =>
  el('dl', { class: 'figures' }, pairs.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) =>
    el('div', null, el('dd', null, typeof value === 'number' ? value.toLocaleString('en') : value), el('dt', null, name))));
const table = (heads, rows, attributes) =>
  el('div', { class: 'wide' }, el('table', attributes,
    el('thead', null, el('tr', null, heads.map(([name, kind]) => el('th', { scope: 'col', class: kind }, name)))),
    el('tbody', null, rows)));
