// The page as a whole: what the address asks for, the search, and the tips.
const main = document.getElementById('main');
const PAGES = { '': homePage, season: seasonPage, driver: driverPage, event: eventPage, makes: makesPage, open: openPage };
const asked = () => {
  const [, name = '', about = ''] = location.hash.match(/^#\/([a-z]*)\/?(.*)$/) ?? [];
  try { return [name, decodeURIComponent(about)]; } catch { return [name, about]; }
};

let latest = 0;
const show = async () => {
  if (location.hash && !location.hash.startsWith('#/')) return;
  const [turn, [name, about]] = [(latest += 1), asked()];
  let title, parts;
  try {
    [title, ...parts] = await (Object.hasOwn(PAGES, name) ? PAGES[name](about) : Promise.reject(new Error('There is no such page.')));
  } catch (error) {
    [title, parts] = ['Nothing to show', [el('h1', null, 'Nothing to show'), el('p', { class: 'lead' }, error.message)]];
  }
  if (turn !== latest) return;
  document.title = title ? plain(`${title} – parcferme`) : 'parcferme';
  main.replaceChildren(...parts.filter(Boolean));
  main.dataset.shown = location.hash;
  for (const item of document.querySelectorAll('nav a')) {
    const here = item.hash === `#/${['season', 'event'].includes(name) ? '' : name}`;
    here ? item.setAttribute('aria-current', 'page') : item.removeAttribute('aria-current');
  }
  window.scrollTo(0, 0);
};

const input = document.getElementById('search');
const found = document.getElementById('found');
const close = () => { found.hidden = true; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); };
const point = (index) => {
  const options = [...found.querySelectorAll('a')];
  if (!options.length) return;
  const now = (index + options.length) % options.length;
  options.forEach((option, each) => option.setAttribute('aria-selected', each === now));
  input.setAttribute('aria-activedescendant', options[now].id);
  options[now].scrollIntoView({ block: 'nearest' });
};
const option = (href, name, about, kind) =>
  el('li', { role: 'presentation' }, el('a', { href, role: 'option', id: `option-${href}`, 'aria-selected': 'false', tabindex: -1, class: kind },
    el('b', null, name), el('span', { class: 'note' }, about)));

let typed = 0;
const suggest = async () => {
  const [turn, text] = [(typed += 1), input.value.trim()];
  if (!text) return close();
  const answer = await search(text).catch((error) => ({ drivers: [], events: [], error }));
  if (turn !== typed) return;
  const options = [
    ...answer.drivers.map((one) => option(to('driver', one.driver_id), one.driver,
      listed([one.identified ? null : 'open name', count(one.events, 'event'), years(one.first_season, one.last_season)]), one.identified ? '' : 'open')),
    ...answer.events.map((one) => option(to('event', one.event_id), one.name, listed(['event', one.season, one.circuit]), '')),
  ];
  found.replaceChildren(...(options.length ? options : [el('li', { class: 'empty' }, answer.error?.message ?? `Nobody and nothing is called ${text}`)]));
  found.hidden = false;
  input.setAttribute('aria-expanded', 'true');
  point(0);
};
input.addEventListener('input', suggest);
input.addEventListener('focus', suggest);
input.addEventListener('keydown', (event) => {
  const options = [...found.querySelectorAll('a')];
  const now = options.findIndex((each) => each.getAttribute('aria-selected') === 'true');
  if (event.key === 'Escape') close();
  else if (event.key === 'ArrowDown') point(now + 1);
  else if (event.key === 'ArrowUp') point(now - 1);
  else if (event.key === 'Enter' && options[now] && !found.hidden) options[now].click();
  else return;
  event.preventDefault();
});
found.addEventListener('click', (event) => {
  if (event.target.closest('a')) { typed += 1; input.value = ''; input.blur(); close(); }
});
document.addEventListener('click', (event) => { if (!event.target.closest('search')) close(); });
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
});

const tip = document.getElementById('tip');
const hint = (event) => {
  const node = event.target.closest?.('[data-tip]');
  tip.hidden = !node;
  if (!node) return;
  tip.textContent = node.dataset.tip;
  const [at, own_] = [node.getBoundingClientRect(), tip.getBoundingClientRect()];
  const left = Math.min(Math.max(8, at.left + at.width / 2 - own_.width / 2), innerWidth - own_.width - 8);
  tip.style.left = `${left}px`;
  tip.style.top = `${at.top > own_.height + 12 ? at.top - own_.height - 8 : at.bottom + 8}px`;
};
for (const name of ['pointerover', 'focusin']) document.addEventListener(name, hint);
addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });

if (own) {
  const { events, people } = own.extent;
  const whole = events.shown === events.all && people.shown === people.all;
  document.getElementById('extent').append(...whole ? ['This file holds the whole warehouse as it was when exported.'] : [
    `This file holds the latest ${events.shown.toLocaleString('en')} of ${count(events.all, 'event')}, and of ${count(people.all, 'driver and open name', 'drivers and open names')} the ${people.shown.toLocaleString('en')} with most events. `,
    el('code', null, 'parcferme explore'), ' shows all.']);
}
addEventListener('hashchange', show);
show();
