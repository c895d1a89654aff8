/**
 * Inputs that once failed, kept as one JSON file each: every run replays them first.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '../../src/types.ts';

const FOLDER = join(import.meta.dirname, 'corpus');

export interface Kept {
  /** The file's name. */
  readonly name: string;
  readonly text: string;
  readonly channel: Channel;
  /** What was wrong when it was found. */
  readonly fault: string;
}

export function readCorpus(): Kept[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, ...(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Omit<Kept, 'name'>) }));
}

/** Keeps an input under a name made from it. @returns the name */
export function keep(text: string, channel: Channel, fault: string): string {
  const json = JSON.stringify({ fault, channel, text }, null, 2);
  const name = `${createHash('sha256')
    .update(JSON.stringify([channel, text]))
    .digest('hex')
    .slice(0, 12)}.json`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, name), `${json}\n`);
  return name;
}
