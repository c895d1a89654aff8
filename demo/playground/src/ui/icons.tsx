/**
 * The page's icons, drawn in the color of the text around them. All of them only decorate words.
 *
 * @module
 */
import type { JSX } from 'preact';

const PATHS = {
  allow: 'M20 6 9 17l-5-5',
  doubt: 'M9.1 9a3 3 0 1 1 4.2 2.7c-.9.5-1.3 1-1.3 2.3M12 18h.01',
  redact: 'M4 7h16M4 12h7M15 12h5M4 17h4M12 17h8',
  block: 'M6 6l12 12M18 6 6 18',
  examples: 'M4 5h7v14H4zM13 5h7v6h-7zM13 13h7v6h-7z',
  file: 'M14 3H6v18h12V7zM14 3v4h4',
  clear: 'M5 7h14M10 11v6M14 11v6M7 7l1 13h8l1-13M9 7V4h6v3',
  share: 'M9 13a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.4 1.4M15 11a4 4 0 0 0-6-.4l-3 3A4 4 0 0 0 11.700 19.300L13 18',
  system: 'M3 5h18v11H3zM8 20h8M12 16v4',
  light:
    'M12 4V2M12 22v-2M4 12H2M22 12h-2M6 6 4.600 4.600M19.400 19.400 18 18M6 18l-1.400 1.400M19.400 4.600 18 6M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0',
  dark: 'M20 14A8 8 0 1 1 10 4a6.500 6.500 0 0 0 10 10',
  warning: 'M12 4 2.500 20h19zM12 10v4M12 17h.01',
  lock: 'M6 11h12v9H6zM9 11V7.500a3 3 0 0 1 6 0V11',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  play: 'M7 4v16l13-8z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Logo(): JSX.Element {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <path fill="var(--accent)" d="M16 2 4 6v9c0 7 5 12 12 15 7-3 12-8 12-15V6z" />
      <path
        fill="none"
        stroke="var(--on-accent)"
        stroke-width="3"
        stroke-linecap="round"
        stroke-linejoin="round"
        d="m10 16 4 4 8-9"
      />
    </svg>
  );
}
