/** The popup: this site, the policy, what happened so far. */
import { byId, COUNTED, followTheme, make, showEngine, showPolicies, switchSite } from './controls.ts';
import { ask } from './messages.ts';
import { onSettings, readSettings, type Settings } from './settings.ts';
import { patternOf, siteOf } from './sites.ts';
import { added, type Counts, NOTHING, onStatistics, readStatistics, type Statistics } from './statistics.ts';

followTheme();

/** Known since the popup was opened on the page: that grants a look at its address. */
const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
const url = tab?.url?.startsWith('http') ? new URL(tab.url) : undefined;
const choosePolicy = showPolicies(byId('policy'));
const toggle = byId<HTMLInputElement>('on');
const add = byId('add');

function showSite(settings: Settings): void {
  const site = url && siteOf(url, settings.added);
  const isOn = site !== undefined && !settings.off.includes(site.id);
  byId('site').textContent = site?.name ?? url?.hostname ?? 'This page';
  byId('state').textContent =
    site === undefined
      ? url === undefined
        ? 'Nothing is sent from here.'
        : 'Not checked.'
      : isOn
        ? 'What you write here is checked.'
        : 'Switched off here.';
  toggle.hidden = site === undefined;
  toggle.checked = isOn;
  add.hidden = site !== undefined || url === undefined;
}

function show(settings: Settings): void {
  showSite(settings);
  choosePolicy(settings.policy);
}

function showCounts(statistics: Statistics): void {
  const total = Object.values(statistics).reduce(added, NOTHING);
  byId('counts').replaceChildren(
    ...Object.entries(COUNTED).map(([name, text]) =>
      make('div', make('dt', text), make('dd', total[name as keyof Counts].toLocaleString())),
    ),
  );
}

toggle.addEventListener('change', async () => {
  const site = url && siteOf(url, (await readSettings()).added);
  if (site !== undefined) await switchSite(site.id, toggle.checked);
});

add.addEventListener('click', async () => {
  if (url === undefined) return;
  // First of all: the browser asks only while the click lasts. It may close the popup over it; then the options page adds.
  if (await chrome.permissions.request({ origins: [patternOf(url.origin)] })) await ask('add', { origin: url.origin });
});

byId('options').addEventListener('click', () => void chrome.runtime.openOptionsPage());

onSettings(show);
onStatistics(showCounts);
show(await readSettings());
showCounts(await readStatistics());
await showEngine();
