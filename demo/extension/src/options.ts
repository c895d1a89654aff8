/** The options page. */
import { byId, COUNTED, followTheme, make, showEngine, showFailures, showPolicies, switchSite } from './controls.ts';
import { ask } from './messages.ts';
import { changeSettings, onSettings, readSettings, type Settings } from './settings.ts';
import { type AddedSite, patternOf, SITES, siteOf } from './sites.ts';
import { type Counts, clearStatistics, onStatistics, readStatistics, type Statistics } from './statistics.ts';

followTheme();

const choosePolicy = showPolicies(byId('policy'));
const chooseFailure = showFailures(byId('failure'));
const allow = byId<HTMLTextAreaElement>('allow');
const form = byId<HTMLFormElement>('add');
const said = byId('said');

function rowOf(id: string, name: string, where: string, isOn: boolean, origin?: string): HTMLElement {
  const place = make('p', where);
  place.className = 'quiet';
  const row = make('li', make('div', make('b', name), place));
  if (origin !== undefined) {
    const remove = make('button', 'Remove');
    remove.type = 'button';
    remove.setAttribute('aria-label', `Remove ${name}`);
    remove.addEventListener('click', () => void ask('remove', { origin }));
    row.append(remove);
  }
  const toggle = make('input');
  Object.assign(toggle, { type: 'checkbox', className: 'switch', checked: isOn });
  toggle.setAttribute('aria-label', `Check what I write to ${name}`);
  toggle.addEventListener('change', () => void switchSite(id, toggle.checked));
  row.append(toggle);
  return row;
}

function showSites({ added, off }: Settings): void {
  const own = added.flatMap(({ origin }) => {
    const site = siteOf(new URL(origin), added);
    return site === undefined ? [] : [rowOf(site.id, site.name, origin, !off.includes(site.id), origin)];
  });
  const known = SITES.map(({ id, name, hosts }) => rowOf(id, name, hosts.join(', '), !off.includes(id)));
  // The switch that was just used keeps the focus.
  const { activeElement } = document;
  const list = byId('site-list');
  const index = [...list.querySelectorAll('input, button')].indexOf(activeElement as HTMLElement);
  list.replaceChildren(...known, ...own);
  list.querySelectorAll<HTMLElement>('input, button')[index]?.focus();
}

function show(settings: Settings): void {
  choosePolicy(settings.policy);
  chooseFailure(settings.onFailure);
  showSites(settings);
  if (document.activeElement !== allow) allow.value = settings.allow.join('\n');
}

function showStatistics(statistics: Statistics): void {
  const names = Object.keys(COUNTED) as (keyof Counts)[];
  const rows = Object.entries(statistics).map(([id, counts]) => {
    const name = make('th', SITES.find((site) => site.id === id)?.name ?? id);
    name.scope = 'row';
    return make('tr', name, ...names.map((column) => make('td', counts[column].toLocaleString())));
  });
  const heads = ['Site', ...names.map((name) => COUNTED[name])].map((text) => {
    const head = make('th', text);
    head.scope = 'col';
    return head;
  });
  byId('statistics').replaceChildren(
    rows.length === 0
      ? make('p', 'Nothing yet.')
      : make('table', make('thead', make('tr', ...heads)), make('tbody', ...rows)),
  );
}

allow.addEventListener('change', () => {
  const values = allow.value.split('\n').map((line) => line.trim());
  void changeSettings((settings) => ({ ...settings, allow: values.filter((value) => value !== '') }));
});

/** @returns why it cannot be a selector; `undefined` when it can */
function mistakeIn(selectors: readonly string[]): string | undefined {
  for (const selector of selectors.flatMap((one) => one.split('>>>')))
    try {
      document.querySelector(selector);
    } catch {
      return `“${selector.trim()}” is no CSS selector.`;
    }
  return undefined;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value !== ''),
  ) as Readonly<Partial<AddedSite>>;
  const { origin, ...selectors } = given;
  const mistake = mistakeIn(Object.values(selectors));
  const url = new URL(origin!);
  if (mistake !== undefined || !/^https?:$/.test(url.protocol)) {
    said.textContent = mistake ?? 'The address must begin with https:// or http://.';
    return;
  }
  if (siteOf(url, []) !== undefined) {
    said.textContent = `${url.hostname} is in the list already.`;
    return;
  }
  if (!(await chrome.permissions.request({ origins: [patternOf(url.origin)] }))) {
    said.textContent = `The browser was not allowed to let edgeward into ${url.hostname}.`;
    return;
  }
  await ask('add', { ...selectors, origin: url.origin });
  said.textContent = `Added ${url.hostname}.`;
  form.reset();
});

byId('clear').addEventListener('click', () => void clearStatistics());

onSettings(show);
onStatistics(showStatistics);
show(await readSettings());
showStatistics(await readStatistics());
await showEngine();
