/**
 * What popup and options have in common: choices, counts, and how the guard fares.
 *
 * @module
 */
import type { GuardStatus } from 'edgeward/browser';
import { reachGuard } from './reach.ts';
import { changeSettings, onSettings, type PolicyName, readSettings, type Settings } from './settings.ts';
import type { Counts } from './statistics.ts';

/** The page's element with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly help: string;
}

const POLICIES: readonly Choice<PolicyName>[] = [
  { value: 'strict', name: 'Strict', help: 'Refuses secrets and attacks, asks about personal data' },
  { value: 'balanced', name: 'Balanced', help: 'Asks about personal data and secrets, refuses clear attacks' },
  { value: 'monitor', name: 'Monitor', help: 'Marks and counts, holds nothing back' },
];

const FAILURES: readonly Choice<Settings['onFailure']>[] = [
  { value: 'open', name: 'Send it', help: 'The chat goes on as if edgeward were not there' },
  { value: 'closed', name: 'Hold it back', help: 'Nothing is sent that was not checked' },
];

function showChoices<Value extends string>(
  where: HTMLElement,
  choices: readonly Choice<Value>[],
  onChoice: (value: Value) => void,
): (value: Value) => void {
  const inputs = choices.map(({ value, name, help }) => {
    const input = make('input');
    Object.assign(input, { type: 'radio', name: where.id, value });
    input.addEventListener('change', () => onChoice(value));
    const explained = make('span', help);
    explained.className = 'quiet';
    const label = make('label', input, make('b', name), explained);
    label.className = 'choice';
    where.append(label);
    return input;
  });
  return (value) => {
    for (const input of inputs) input.checked = input.value === value;
  };
}

export function showPolicies(where: HTMLElement): (policy: PolicyName) => void {
  return showChoices(where, POLICIES, (policy) => void changeSettings((settings) => ({ ...settings, policy })));
}

export function showFailures(where: HTMLElement): (onFailure: Settings['onFailure']) => void {
  return showChoices(where, FAILURES, (onFailure) => void changeSettings((settings) => ({ ...settings, onFailure })));
}

export function switchSite(id: string, isOn: boolean): Promise<void> {
  return changeSettings((settings) => ({
    ...settings,
    off: [...settings.off.filter((one) => one !== id), ...(isOn ? [] : [id])],
  }));
}

export const COUNTED: Readonly<Record<keyof Counts, string>> = {
  texts: 'texts looked at',
  sensitive: 'with personal data or secrets',
  attacks: 'that read like an attack',
  redacted: 'values taken out',
  restored: 'values put back',
};

/** Says in the element `engine` how the guard fares, with the settings as they are. */
export async function showEngine(): Promise<void> {
  const badge = byId('engine');
  const say = ({ state, engine, reason }: GuardStatus): void => {
    badge.dataset['state'] = state;
    const ready = engine === 'reference' ? 'Ready, without WebAssembly' : 'Ready';
    badge.textContent = { ready, loading: 'Starting …', failed: `Cannot check: ${reason}` }[state];
  };
  let close = (): void => {};
  const reach = (settings: Settings): void => {
    close();
    const guard = reachGuard(settings);
    close = guard.close;
    guard.onStatus(say);
    // A question brings the guard up; that it failed, the status says.
    guard.scan('').catch(() => {});
  };
  onSettings(reach);
  reach(await readSettings());
}

/** The playground's colors go by an attribute; here the browser alone decides. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light';
  };
  dark.addEventListener('change', follow);
  follow();
}
