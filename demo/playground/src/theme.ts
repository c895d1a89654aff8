/**
 * Light, dark, or as the system prefers; remembered.
 *
 * @module
 */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly unknown[] = ['system', 'light', 'dark'] satisfies Theme[];
const KEY = 'edgeward-playground-theme';

export const theme = signal<Theme>(remembered());

/** Keeps the document's attribute equal to the choice and the system's preference. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const prefersDark = signal(dark.matches);
  dark.addEventListener('change', ({ matches }) => {
    prefersDark.value = matches;
  });
  effect(() => {
    const isDark = theme.value === 'dark' || (theme.value === 'system' && prefersDark.value);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  });
}

export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is off: the choice holds for this visit.
  }
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.includes(kept) ? (kept as Theme) : 'system';
  } catch {
    return 'system'; // storage is off
  }
}
