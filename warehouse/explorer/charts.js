// Charts as inline SVG, drawn for the width that there is and again when it changes.
const chart = (label, draw) => {
  const figure = el('figure', { class: 'chart' });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (!width || width === drawn) return;
    drawn = width;
    const { height, marks } = draw(width);
    figure.replaceChildren(svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': label }, marks));
  }).observe(figure);
  return figure;
};
const scale = (low, high, from, till) => (value) => (high === low ? (from + till) / 2 : from + ((value - low) / (high - low)) * (till - from));
const label = (x, y, text, attributes) => svg('text', { x, y, ...attributes }, text);
const rule = (x1, y1, x2, y2, kind) => svg('line', { x1, y1, x2, y2, class: kind ?? 'rule' });
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

// Round values between two, about so many, with steps of no less than `least`.
const ticks = (low, high, about, least = 0) => {
  const raw = Math.max(high - low, 1e-9) / Math.max(about, 1);
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(least, size * [1, 2, 5, 10].find((factor) => factor * size >= raw));
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(value);
  return found;
};
const seasonTicks = (first, last, width) => {
  const step = [1, 2, 5, 10, 20, 50].find((each) => ((last - first) / each + 1) * 44 <= width) ?? 100;
  const found = [];
  for (let year = Math.ceil(first / step) * step; year <= last; year += step) found.push(year);
  return found.length ? found : [first];
};

const SHAPES = {
  race: (x, y) => svg('circle', { cx: x, cy: y, r: 5.5 }),
  grid: (x, y) => svg('path', { d: `M${x} ${y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z` }),
  other: (x, y) => svg('rect', { x: x - 4.5, y: y - 4.5, width: 9, height: 9 }),
};
const shapeOf = (kind) => (kind === 'race' ? 'race' : kind === 'grid' || kind === 'qualifying' ? 'grid' : 'other');
const shape = (kind, x, y, attributes) => filled(SHAPES[shapeOf(kind)](x, y), attributes, []);
const key = (kind, attributes, text) =>
  el('span', { class: 'key' }, svg('svg', { width: 16, height: 16, 'aria-hidden': 'true' }, shape(kind, 8, 8, attributes)), text);

// Bars, one a season; each leads to the season's events.
const seasonBars = (seasons) =>
  chart('Cars by season', (width) => {
    const [first, last] = [seasons[0].season, seasons.at(-1).season];
    const height = 150;
    const x = scale(first - 0.5, last + 0.5, 0, width);
    const y = scale(0, Math.max(...seasons.map((row) => row.cars), 1), height - 24, 16);
    const wide = Math.max(2, Math.min(36, x(1) - x(0) - 2));
    const bars = seasons.map((row) =>
      svg('a', { href: to('season', row.season), 'data-tip': `${row.season}\n${count(row.events, 'event')}, ${count(row.cars, 'car')}`, 'aria-label': `Season ${row.season}` },
        svg('rect', { class: 'hit', x: x(row.season) - wide / 2, y: 0, width: wide, height: height - 24 }),
        svg('rect', { class: 'season', x: x(row.season) - wide / 2, y: y(row.cars), width: wide, height: height - 24 - y(row.cars), rx: 2 }),
        wide >= 24 && label(x(row.season), y(row.cars) - 5, row.cars, { class: 'value', 'text-anchor': 'middle' })));
    const marked = seasonTicks(first, last, width).map((year) => label(x(year), height - 6, year, { 'text-anchor': 'middle' }));
    return { height, marks: [rule(0, height - 24, width, height - 24, 'axis'), bars, marked] };
  });

// Makes down, seasons across; the area of a disc is the number of cars, or the height of a bar where discs would touch.
const makesOverTime = (makes) =>
  chart('Cars of each make by season', (width) => {
    const all = makes.flatMap((make) => make.seasons);
    const [first, last] = [Math.min(...all.map((row) => row.season)), Math.max(...all.map((row) => row.season))];
    const [left, row] = [Math.min(130, width * 0.3), 34];
    const height = makes.length * row + 30;
    const x = scale(first - 0.5, last + 0.5, left, width - 4);
    const most = Math.max(...all.map((each) => each.cars));
    const step = x(1) - x(0);
    const radius = (cars) => Math.max(2, Math.sqrt(cars / most) * Math.min(15, step * 0.9));
    const marks = makes.map((make, index) => {
      const y = index * row + row / 2;
      const discs = make.seasons.map((each) => {
        const about = { class: each.wins ? 'disc won' : 'disc',
          'data-tip': `${make.make}, ${each.season}\n${count(each.cars, 'car')}${each.wins ? `, ${count(each.wins, 'win')}` : ''}` };
        if (step >= 16) return svg('circle', { cx: x(each.season), cy: y, r: radius(each.cars), ...about });
        const tall = Math.max(1.5, (each.cars / most) * (row - 4));
        const wide = Math.max(1, step - 1);
        return svg('rect', { x: x(each.season) - wide / 2, y: y - tall / 2, width: wide, height: tall, ...about });
      });
      return [rule(left, y, width, y), label(left - 12, y + 4, cut(make.make, Math.floor(left / 7.5)), { class: 'name', 'text-anchor': 'end' }), discs];
    });
    const marked = seasonTicks(first, last, width - left).map((year) => label(x(year), height - 8, year, { 'text-anchor': 'middle' }));
    return { height, marks: [marks, marked] };
  });
