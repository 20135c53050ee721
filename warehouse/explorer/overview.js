// What is not about one driver or event: the start, a season, makes over time, open identities.
const eventCards = (events) =>
  el('ul', { class: 'cards' }, events.map((event) => el('li', null, el('a', { href: to('event', event.event_id) },
    el('span', { class: 'year' }, event.season ?? '—'), el('b', null, event.name),
    el('span', { class: 'note' }, listed([event.circuit, count(event.cars, 'car')])),
    el('span', { class: 'kinds' }, event.kinds.map((kind) => el('span', { class: 'kind' }, worded(kind))))))));

const homePage = async () => {
  const { counts, seasons, events, drivers } = await ask('home');
  return [null,
    el('h1', { class: 'hero' }, 'Who drove what, with whom, and how do we know?'),
    el('p', { class: 'lead' }, 'Every line of every result sheet, typed and traceable; every driver one person over all events, with how sure that is.'),
    figures([['events', counts.events], ['results', counts.results], ['drivers', counts.drivers], ['open names', counts.open_names], ['findings', counts.findings]]),
    seasons.length > 1 && section('Seasons', 'Cars entered, event by event. A bar leads to the season’s events.', seasonBars(seasons)),
    events.length > 0 && section(counts.events > events.length ? 'Latest events' : 'Events', null, eventCards(events)),
    drivers.length > 0 && section('Most often seen', null, el('ul', { class: 'people' }, drivers.map((one) =>
      el('li', null, link('driver', one.driver_id, one.driver), el('span', { class: 'note' }, listed([count(one.events, 'event'), years(one.first_season, one.last_season)]))))))];
};

const seasonPage = async (season) => {
  const events = await ask('season', season);
  return [season, el('p', { class: 'over' }, 'Season'), el('h1', null, season), el('p', { class: 'lead' }, count(events.length, 'event')), eventCards(events)];
};

const makesPage = async () => {
  const makes = await ask('makes');
  const charted = makes.filter((make) => make.seasons.length).slice(0, 24);
  return ['Makes', el('h1', null, 'Makes'),
    charted.length > 0 && section('Over time', 'The size of a mark is the number of cars of the season, each once an event; a red one won a race.',
      charted.length < makes.length ? el('p', { class: 'note' }, `The ${charted.length} makes with most cars.`) : null, makesOverTime(charted)),
    section('Records', 'Starts, wins and podiums from races; poles from grids and qualifying. Cars of unknown make are left out.', table(
      [['Make', 'who'], ['Seasons', 'years'], ['Cars', 'num'], ['Events', 'num'], ['Starts', 'num'], ['Wins', 'num'], ['Podiums', 'num'], ['Poles', 'num'], ['Drivers', 'num']],
      makes.map((make) => el('tr', null, el('td', { class: 'who' }, make.make), el('td', { class: 'years' }, years(make.first_season, make.last_season)),
        [make.cars, make.events, make.starts, make.wins, make.podiums, make.poles, make.drivers].map((value) =>
          el('td', { class: value ? 'num' : 'num nil' }, value.toLocaleString('en'))))), { class: 'records' }))];
};

const openPage = async () => {
  const [names, { counts }] = await Promise.all([ask('open'), ask('home')]);
  const all = counts.open_names > names.length ? `The first ${names.length} of ${count(counts.open_names, 'name')}` : count(names.length, 'name');
  const [fitting, alone] = [names.filter((one) => one.candidates.length), names.filter((one) => !one.candidates.length)];
  return ['Open identities', el('h1', null, 'Open identities'),
    el('p', { class: 'lead' }, `${all} that nobody could be tied to with enough evidence. `, el('code', null, 'parcferme review'), ' goes through them; a line in ', el('code', null, 'seeds/identity.csv'), ' settles one.'),
    fitting.length > 0 && section('Somebody fits', 'Not well enough to be sure: the candidates, and where the name stands.', el('ul', { class: 'cases' }, fitting.map((one) => el('li', null,
      el('div', null, link('driver', one.driver_id, one.driver, { class: 'who' }), el('span', { class: 'note' }, listed([count(one.mentions, 'mention'), years(one.first_season, one.last_season)]))),
      el('div', null, 'may be ', one.candidates.map((other, index) => [index ? ', ' : '', link('driver', other.driver_id, other.name)]),
        one.points !== null && el('span', { class: 'note' }, ` at most ${one.points} points`)),
      el('div', { class: 'source' }, one.example))))),
    alone.length > 0 && section('Nobody fits', 'Nobody of that name is known at the time.', el('ul', { class: 'alone' }, alone.map((one) =>
      el('li', null, link('driver', one.driver_id, one.driver), ' ', el('span', { class: 'note' }, listed([one.mentions > 1 ? one.mentions : null, years(one.first_season, one.last_season)]))))))];
};
