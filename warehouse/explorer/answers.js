// Where answers come from: this file, where it was exported with them, else the server that gave it.
const own = JSON.parse(document.getElementById('answers').textContent);
const held = (question, about) => !own || Object.hasOwn(own[question] ?? {}, about);

const ask = async (question, about = '') => {
  if (own) {
    if (held(question, about)) return own[question][about];
    throw new Error('This file does not hold it: it was exported from a larger warehouse. `parcferme explore` shows all of it.');
  }
  const response = await fetch(`answer?${new URLSearchParams({ question, about })}`).catch(() => {
    throw new Error('The explorer has ended: start `parcferme explore` again.');
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};

// As the macro fold does it: lower case, without accents and punctuation.
const PLAIN = { ø: 'o', ł: 'l', ı: 'i', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ŋ: 'n', ς: 'σ', ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' };
const fold = (text) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/[øłıđðħŧŋςßæœþ]/g, (letter) => PLAIN[letter])
    .replace(/[^\p{L}\p{N}#/]+/gu, ' ').trim();

const search = async (text) => {
  if (!own) return ask('search', text);
  const words = fold(text).split(' ').map((word) => ` ${word}`);
  const find = (rows, most) =>
    (words[0] === ' ' ? [] : rows.filter((row) => words.every((word) => row.folded.includes(word)))).slice(0, most);
  return { drivers: find(own.index.drivers, 12), events: find(own.index.events, 6) };
};
