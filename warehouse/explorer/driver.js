// A driver: the career as a timeline, the crews as a network, and every outing with how sure the link is.
// The time of a mention in years: its event's date; events of a season that have none share it out evenly.
const clock = (mentions) => {
  const undated = Map.groupBy(mentions.filter((one) => !one.start_date), (one) => one.season);
  return (mention) => {
    if (mention.start_date) {
      const [year, month, date] = mention.start_date.split('-').map(Number);
      return year + (month - 1) / 12 + date / 372;
    }
    const events = [...new Set(undated.get(mention.season).map((one) => one.event_id ?? one.sheet_id))];
    return mention.season + (events.indexOf(mention.event_id ?? mention.sheet_id) + 0.5) / events.length;
  };
};
// A grid stands a little before its race.
const BESIDE = { race: 4, grid: -4, other: -11 };
const place = (mention) =>
  mention.position === null ? worded(mention.status) : `${ordinal(mention.position)} of ${mention.field}`;
const inClass = (mention) =>
  mention.class === null ? null : mention.class_position === null ? mention.class : `${ordinal(mention.class_position)} in ${mention.class}`;

const timeline = (mentions) =>
  chart('Positions over the career, and the makes driven', (width) => {
    const dated = mentions.filter((one) => one.season !== null);
    const makes = [...new Set(dated.map((one) => one.make ?? 'unknown'))].slice(0, 12);
    const [left, top, tall, lane] = [Math.min(108, width * 0.24), 14, 210, 24];
    const worst = Math.max(10, ...dated.map((one) => one.position ?? 0));
    const [first, last] = [Math.min(...dated.map((one) => one.season)), Math.max(...dated.map((one) => one.season))];
    const x = scale(first, last + 1, left + 12, width - 12);
    const when = clock(dated);
    const across = (one) => x(when(one)) + BESIDE[shapeOf(one.kind)];
    const y = scale(1, worst, top + 8, top + tall - 26);
    const none = top + tall - 4;
    const levels = [1, ...ticks(1, worst, 4, 1).filter((value) => value > 1)];
    const grid = levels.map((value) => [rule(left, y(value), width, y(value)), label(left - 12, y(value) + 4, value === 1 ? '1st' : value, { 'text-anchor': 'end' })]);
    const tip = (one) => listed([one.event, one.season]) + `\n${listed([worded(one.kind), place(one), inClass(one)])}\n${listed([one.car_number && `#${one.car_number}`, one.car])}\n${sure(one.method).join(': ')}`;
    const stems = dated.map((one) => one.position !== null && rule(across(one), y(one.position), across(one), none + 10, 'stem'));
    const marks = dated.map((one) => {
      const mark = shape(one.kind, across(one), one.position === null ? none : y(one.position), { class: `mark ${sure(one.method)[0]}${one.position === 1 ? ' first' : ''}` });
      const attributes = { 'data-tip': tip(one), 'aria-label': tip(one) };
      return one.event_id === null ? svg('g', attributes, mark) : svg('a', { href: to('event', one.event_id), ...attributes }, mark);
    });
    const lanes = makes.map((make, index) => {
      const middle = top + tall + 32 + index * lane;
      const mine = dated.filter((one) => (one.make ?? 'unknown') === make).map((one) => x(when(one)));
      return [
        label(left - 12, middle + 4, cut(make, Math.floor(left / 7.5)), { class: 'name', 'text-anchor': 'end' }),
        rule(left, middle, width, middle),
        rule(Math.min(...mine), middle, Math.max(...mine), middle, 'span'),
        mine.map((at) => svg('circle', { cx: at, cy: middle, r: 3.5, class: 'dot' })),
      ];
    });
    const height = top + tall + 32 + makes.length * lane + 18;
    const seasons = seasonTicks(first, last, width - left);
    const marked = seasons.map((year) => label(x(year + 0.5), height - 6, year, { 'text-anchor': 'middle' }));
    return { height, marks: [grid, stems, rule(left, none + 10, width, none + 10, 'axis'), lanes, marks, marked] };
  });

// The driver in the middle, those who shared a car left and right, arcs between those who shared one with each other.
const network = (driver) =>
  chart(`Who shared a car with ${driver.driver}`, (width) => {
    const { mates, bonds } = driver;
    const rows = Math.ceil(mates.length / 2);
    const height = Math.max(120, rows * 27 + 30);
    const [cx, cy, ry] = [width / 2, height / 2, height / 2 - 22];
    const rx = Math.min(ry + 30, width / 2 - Math.min(190, width * 0.39));
    const at = new Map(mates.map((mate, index) => {
      const [side, line] = [index % 2 ? 1 : -1, Math.floor(index / 2)];
      const down = rows === 1 ? 0 : (line / (rows - 1)) * 2 - 1;
      return [mate.driver_id, { side, x: cx + side * Math.max(24, rx * Math.sqrt(Math.max(0, 1 - down * down * 0.85))), y: cy + down * ry }];
    }));
    const most = Math.max(...mates.map((mate) => mate.events));
    const arcs = bonds.map(([one, other]) => {
      const [a, b] = [at.get(one), at.get(other)];
      return svg('path', { class: 'bond', d: `M${a.x} ${a.y}Q${(a.x + b.x) / 2 * 0.4 + cx * 0.6} ${(a.y + b.y) / 2} ${b.x} ${b.y}` });
    });
    const spokes = mates.map((mate) => {
      const { x, y } = at.get(mate.driver_id);
      return svg('line', { x1: cx, y1: cy, x2: x, y2: y, class: `spoke${mate.identified ? '' : ' open'}`, 'stroke-width': 1 + 3 * (mate.events / most) });
    });
    const nodes = mates.map((mate) => {
      const { side, x, y } = at.get(mate.driver_id);
      const about = `${mate.name}\n${listed([count(mate.events, 'event'), mate.starts ? count(mate.starts, 'start') : null, mate.wins ? count(mate.wins, 'win') : null, years(mate.first_season, mate.last_season)])}`;
      const room = Math.floor((side < 0 ? x : width - x) / 7.4) - 2;
      return svg('a', { href: to('driver', mate.driver_id), 'data-tip': about, 'aria-label': about },
        svg('circle', { cx: x, cy: y, r: 4 + 4 * (mate.events / most), class: `node${mate.identified ? '' : ' open'}` }),
        label(x + side * 14, y + 4, cut(mate.name, room), { class: 'name', 'text-anchor': side < 0 ? 'end' : 'start' }));
    });
    return { height, marks: [arcs, spokes, svg('circle', { cx, cy, r: 11, class: 'centre' }), nodes] };
  });

const evidence = (mention) => {
  const [certainty, why] = sure(mention.method);
  const badge = el('span', { class: `badge ${certainty}` }, el('b', null, certainty), ` ${why}`);
  if (!mention.evidence?.length && !mention.candidates.length) return badge;
  return el('details', null, el('summary', null, badge, mention.points === null ? null : ` ${mention.points} points`),
    el('ul', { class: 'terms' }, (mention.evidence ?? []).map((term) =>
      el('li', null, el('b', null, `${term.points > 0 ? '+' : ''}${term.points}`.replace('-', '−')), worded(term.term)))),
    mention.runner_up === null ? null : el('p', { class: 'note' }, `The next candidate has ${mention.runner_up}.`),
    mention.candidates.length > 0 && el('p', { class: 'note' }, 'Considered: ', mention.candidates.map((one, index) =>
      [index ? ', ' : '', link('driver', one.driver_id, one.name)])));
};

const outing = (mentions, driver) => {
  const [one] = mentions;
  const title = one.event_id === null ? one.event : link('event', one.event_id, one.event);
  return el('article', { class: 'outing' },
    el('p', { class: 'year' }, one.season ?? '—'),
    el('div', null, el('h3', null, title), el('p', { class: 'note' }, listed([one.circuit, one.series])),
      mentions.map((mention) => el('div', { class: 'mention' },
        el('p', null, el('span', { class: 'kind' }, worded(mention.kind)), el('b', null, place(mention)),
          mention.class !== null && ` · ${inClass(mention)}`,
          mention.nominated && el('span', { class: 'kind' }, 'nominated'),
          mention.lap_time_ms !== null && el('span', { class: 'time' }, time(mention.lap_time_ms))),
        el('p', null, listed([mention.car_number && `#${mention.car_number}`, mention.car, mention.entrant])),
        mention.crew.length > 1 && el('p', null, el('span', { class: 'with' }, 'with '), crewOf(mention.crew, driver.driver_id)),
        el('p', { class: 'source' }, mention.name === driver.driver ? null : `printed “${mention.name}”, `, `${mention.sheet_id}, line ${mention.line}`),
        evidence(mention)))));
};

const certainties = (mentions) => {
  const kinds = ['certain', 'likely', 'open'].map((kind) => [kind, mentions.filter((one) => sure(one.method)[0] === kind).length]);
  return el('p', { class: 'certainties' }, kinds.filter(([, many]) => many).map(([kind, many]) =>
    el('span', { class: `badge ${kind}` }, el('b', null, many), ` ${kind}`)), ` of ${count(mentions.length, 'mention')}`);
};

const driverPage = async (id) => {
  const driver = await ask('driver', id);
  const groups = Map.groupBy(driver.mentions, (one) => one.event_id ?? one.sheet_id);
  const others = driver.names.filter((name) => name !== driver.driver);
  const legend = el('p', { class: 'legend' },
    key('race', { class: 'mark certain' }, 'race'), key('grid', { class: 'mark certain' }, 'grid or qualifying'), key('other', { class: 'mark certain' }, 'other'),
    key('race', { class: 'mark likely' }, 'likely'), key('race', { class: 'mark open' }, 'open'), key('race', { class: 'mark certain first' }, 'first'));
  return [driver.driver,
    el('p', { class: 'over' }, driver.identified ? 'Driver' : 'A name tied to nobody yet', ' ', years(driver.first_season, driver.last_season)),
    el('h1', null, driver.driver),
    others.length > 0 && el('p', { class: 'note' }, `Also printed as ${others.join(', ')}`),
    certainties(driver.mentions),
    figures([['events', driver.events], ['starts', driver.starts], ['wins', driver.wins], ['podiums', driver.podiums],
      ['class wins', driver.class_wins], ['poles', driver.poles], ['best finish', driver.best_finish && ordinal(driver.best_finish)]]),
    driver.mentions.some((one) => one.season !== null) &&
      section('Career', 'Position in each sheet, the first on top; below, the makes. Starts and wins are counted from races, poles from grids and qualifying.', legend, timeline(driver.mentions)),
    driver.mates.length > 0 && section('Crews',
      `${driver.mates_found > driver.mates.length ? `The ${driver.mates.length} of ${driver.mates_found} who most often shared` : 'Who shared'} a car; a thin arc joins those who shared one with each other, a dashed line leads to a name tied to nobody yet.`, network(driver)),
    section('Outings', null, [...groups.values()].map((mentions) => outing(mentions, driver)))];
};
