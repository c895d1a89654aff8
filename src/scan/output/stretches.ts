/**
 * Stretches of one alphabet that stand side by side, such as the lines of one encoded text.
 *
 * @module
 */
import type { Run } from './letters.ts';

/** Units between two runs that belong together: a line break, a quote and a plus. */
const JOINED = 4;

/** Runs that belong together, of which the last one ends behind `from`. */
export function joined(runs: readonly Run[], from: number): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && run.start - last.end <= JOINED) groups.at(-1)!.push(run);
    else groups.push([run]);
  }
  return groups.filter((group) => group.at(-1)!.end > from);
}

/** Whether more text could make a group longer. */
export function goesOn(text: string, group: readonly Run[]): boolean {
  return group.at(-1)!.end + JOINED >= text.length;
}

/**
 * Where the run begins that belongs to its group only as long as nothing follows: at a text's end it counts however
 * short it is, and is none if it ends so. `Infinity` when there is none.
 */
export function fleetingFrom(text: string, group: readonly Run[], least: number): number {
  const { start, end } = group.at(-1)!;
  return group.length > 1 && end === text.length && end - start < least ? start : Infinity;
}

/** Whether nothing but a line break stands between two runs, so that the second one goes on with the first one's last byte. */
export function isLineBreak(text: string, from: number, to: number): boolean {
  return /^[\r\n]*$/.test(text.slice(from, to));
}
