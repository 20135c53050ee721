// An event: the order of each sheet with gaps, its classes, a plot of its lap times, and what is in doubt.
const HUES = 8;
const huesOf = (cars) => {
  const sizes = new Map();
  for (const car of cars) if (car.class !== null) sizes.set(car.class, (sizes.get(car.class) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => sizes.get(b) - sizes.get(a) || (a < b ? -1 : 1));
  return new Map(names.map((name, index) => [name, index < HUES ? `hue${index}` : 'rest']));
};
const hueOf = (hues, car) => hues.get(car.class) ?? (hues.size ? 'rest' : 'plain');
const carName = (car) => listed([car.car_number && `#${car.car_number}`, car.car]);

const lapTimes = (cars, hues, doubted) =>
  chart('Lap times by position', (width) => {
    const timed = cars.filter((car) => car.lap_time_ms !== null);
    const [left, height] = [62, Math.max(220, Math.min(340, width * 0.6))];
    const [low, high] = [Math.min(...timed.map((car) => car.lap_time_ms)), Math.max(...timed.map((car) => car.lap_time_ms))];
    const places = timed.map((car) => cars.indexOf(car) + 1);
    const x = scale(1, Math.max(...places, 2), left + 12, width - 12);
    const y = scale(low, high, height - 44, 16);
    const grid = ticks(low / 1000, high / 1000, 5).map((seconds) =>
      [rule(left, y(seconds * 1000), width, y(seconds * 1000)), label(left - 10, y(seconds * 1000) + 4, time(seconds * 1000).replace(/\.000$/, ''), { 'text-anchor': 'end' })]);
    const marks = timed.map((car, index) => {
      const about = `${carName(car)}\n${listed([car.position && ordinal(car.position), car.class, time(car.lap_time_ms)])}\n${car.crew.map((one) => one.name).join(' / ')}`;
      const doubts = doubted.get(car.line);
      return svg('g', { class: `car ${hueOf(hues, car)}`, 'data-class': car.class ?? '', 'data-tip': doubts ? `${about}\n▲ ${doubts.join('; ')}` : about },
        doubts && svg('circle', { cx: x(places[index]), cy: y(car.lap_time_ms), r: 9.5, class: 'doubt' }),
        svg('circle', { cx: x(places[index]), cy: y(car.lap_time_ms), r: 5 }));
    });
    const across = ticks(1, cars.length, width / 90, 1).map((value) => label(x(value), height - 22, value, { 'text-anchor': 'middle' }));
    return { height, marks: [grid, rule(left, height - 34, width, height - 34, 'axis'), across,
      label((left + width) / 2, height - 4, 'place in the sheet', { 'text-anchor': 'middle', class: 'title' }), marks] };
  });

// The gap in words, and its size to compare with others of the same unit.
const gapOf = (car, toClass) => {
  const [laps, ms, lap] = toClass
    ? [car.class_laps_behind, car.class_ms_behind, car.class_lap_ms_behind]
    : [car.laps_behind, car.ms_behind, car.lap_ms_behind];
  if (laps > 0) return { text: count(laps, 'lap').replace(/^/, '+'), unit: 'laps', size: laps };
  if (ms !== null && ms !== 0) return { text: signed(ms), unit: 'ms', size: ms };
  if (laps === null && lap !== null && lap !== 0) return { text: signed(lap), unit: 'lap', size: lap };
  return null;
};

const orderTable = (cars, hues, doubted, toClass) => {
  const has = (column) => cars.some((car) => car[column] !== null);
  const gaps = cars.map((car) => gapOf(car, toClass));
  const largest = Object.fromEntries(['laps', 'ms', 'lap'].map((unit) => [unit, Math.max(1, ...gaps.map((gap) => (gap?.unit === unit ? gap.size : 0)))]));
  const heads = [['Pos.', 'pos'], ['No.', 'no'], ['Crew and car', 'who'], has('class') && ['Class', 'class'], has('laps') && ['Laps', 'num laps'],
    gaps.some(Boolean) && ['Gap', 'gap'], has('lap_time_ms') && ['Lap', 'num lap']].filter(Boolean);
  let under = null;
  const rows = cars.flatMap((car, index) => {
    const doubts = doubted.get(car.line);
    const gap = gaps[index];
    const cells = {
      'Pos.': [car.position_text ?? car.position ?? '–', doubts && el('span', { class: 'alarm', 'data-tip': doubts.join('\n'), tabindex: 0, 'aria-label': doubts.join('; ') }, '▲')],
      'No.': car.car_number && el('span', { class: 'number' }, car.car_number),
      'Crew and car': [car.crew.length ? crewOf(car.crew) : el('span', { class: 'note' }, 'no crew printed'),
        el('span', { class: 'machine' }, listed([car.car, car.entrant, car.operator && `run by ${car.operator}`, car.reason,
          ['classified', 'listed'].includes(car.status) ? null : worded(car.status)]))],
      Class: car.class !== null && el('span', { class: `chip ${hueOf(hues, car)}` }, car.class, car.class_position === null ? null : el('b', null, ` ${car.class_position}`)),
      Laps: car.laps,
      Gap: gap && [gap.text, svg('svg', { class: 'size', viewBox: '0 0 100 3', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { width: Math.max(0, gap.size / largest[gap.unit]) * 100, height: 3 }))],
      Lap: time(car.lap_time_ms),
    };
    const row = el('tr', { 'data-class': car.class ?? '' }, heads.map(([name, kind]) => el('td', { class: kind }, cells[name])));
    if (car.section === under) return [row];
    under = car.section;
    return [el('tr', { class: 'under' }, el('th', { colspan: heads.length, scope: 'rowgroup' }, car.section ?? 'Main table')), row];
  });
  return table(heads, rows, { class: 'order' });
};

// One sheet; chips choose a class, for the table and the plot alike.
const sheetOf = (event, sheet) => {
  const cars = event.cars.filter((car) => car.sheet_id === sheet.sheet_id);
  const hues = huesOf(cars);
  const doubted = new Map();
  for (const finding of event.findings) {
    if (finding.sheet_id === sheet.sheet_id && finding.line !== null) doubted.set(finding.line, [...(doubted.get(finding.line) ?? []), finding.message]);
  }
  const order = el('div');
  const body = el('div', { class: 'sheet' });
  const drawOrder = (toClass) => order.replaceChildren(orderTable(cars, hues, doubted, toClass));
  drawOrder(false);
  const choose = (wanted) => {
    const text = wanted === null ? null : plain(wanted);
    for (const node of body.querySelectorAll('[data-class]')) node.classList.toggle('away', text !== null && node.dataset.class !== text);
    for (const button of body.querySelectorAll('.chips button')) button.setAttribute('aria-pressed', button.textContent === text);
  };
  let chosen = null;
  const chips = hues.size > 1 && el('p', { class: 'chips', role: 'group', 'aria-label': 'Classes' }, [...hues].map(([name, hue]) =>
    el('button', { type: 'button', class: `chip ${hue}`, 'aria-pressed': 'false', click: () => choose((chosen = chosen === name ? null : name)) }, name)));
  const switcher = hues.size > 1 && cars.some((car) => gapOf(car, true)) && el('label', { class: 'switch' },
    el('input', { type: 'checkbox', change: (change) => { drawOrder(change.target.checked); choose(chosen); } }), 'gaps within the class');
  const timed = cars.filter((car) => car.lap_time_ms !== null).length;
  body.append(...[
    el('p', { class: 'note' }, listed([count(cars.length, 'car'), count(sheet.lines, 'line'), sheet.rejects ? `${sheet.rejects} unread` : null, sheet.path])),
    chips,
    timed > 1 && section('Lap times', listed([sheet.lap_time_of && `The sheet’s lap time: ${sheet.lap_time_of}`, 'a ring marks a car with a finding']), lapTimes(cars, hues, doubted)),
    cars.length ? section('Order', null, switcher, order) : el('p', { class: 'lead' }, 'No line was read as a car: the findings say why.'),
  ].filter(Boolean));
  return body;
};

const eventPage = async (id) => {
  const event = await ask('event', id);
  const numbered = (sheet) => sheet.sheet_id.split('/').at(-1).replaceAll('-', ' ');
  const first = event.sheets.find((sheet) => sheet.kind === 'race') ?? event.sheets[0];
  const shown = el('div', null, first && sheetOf(event, first));
  const tabs = event.sheets.length > 1 && el('p', { class: 'tabs', role: 'group', 'aria-label': 'Sheets' }, event.sheets.map((sheet) =>
    el('button', { type: 'button', 'aria-pressed': `${sheet === first}`, click: (click) => {
      for (const button of click.target.parentNode.children) button.setAttribute('aria-pressed', button === click.target);
      shown.replaceChildren(sheetOf(event, sheet));
    } }, numbered(sheet))));
  return [event.name ?? event.event_id,
    el('p', { class: 'over' }, listed([event.season, event.series])),
    el('h1', null, event.name ?? event.event_id),
    el('p', { class: 'lead' }, listed([days(event.start_date, event.end_date), event.circuit, event.circuit_km && `${event.circuit_km} km`, event.country])),
    tabs || (first && el('p', { class: 'tabs' }, el('span', null, numbered(first)))), shown,
    section('Findings', event.findings.length ? 'What is in doubt, with the line of the sheet.' : 'Nothing is in doubt.',
      event.findings.length > 0 && el('ul', { class: 'findings' }, event.findings.map((finding) =>
        el('li', null, el('span', { class: `severity ${finding.severity}` }, finding.severity),
          el('span', null, finding.message, el('span', { class: 'source' }, listed([finding.name, finding.sheet_id, finding.line && `line ${finding.line}`]))))))),
    el('p', { class: 'source' }, event.source && `Source: ${event.source}`)];
};
