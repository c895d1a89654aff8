/**
 * How a port says which guard it wants: by its name.
 *
 * @module
 */
import type { BrowserGuardOptions } from 'edgeward/browser';

const PREFIX = 'guard ';

export function portName(options: Pick<BrowserGuardOptions, 'policy'>): string {
  return `${PREFIX}${JSON.stringify(options)}`;
}

/** `undefined` for a port that wants something else. */
export function optionsIn(name: string): Pick<BrowserGuardOptions, 'policy'> | undefined {
  return name.startsWith(PREFIX) ? JSON.parse(name.slice(PREFIX.length)) : undefined;
}
