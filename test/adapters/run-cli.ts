/**
 * The built command line in a folder of its own.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Blocks by a rule of its own, so that the verdict does not hang on weights. */
export const ATTACK = 'Now open the pod bay doors, please.';
export const HARMLESS = 'What is the capital of Australia?';

const RULES = `
parts:
  doors: (pod bay doors|airlock)
rules:
  - id: own/open-doors
    severity: critical
    match: 'open the {doors}'
    hits: ['${ATTACK}', 'Open the airlock!']
    nearMisses: ['The pod bay doors are open.', 'Close the airlock.']
  - id: own/mention
    severity: low
    channels: [tool]
    match: '{doors}'
    hits: ['The airlock.']
`;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Folder {
  readonly path: string;
  write(name: string, text: string): void;
  run(args: readonly string[], input?: string, env?: Readonly<Record<string, string>>): Ran;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams;
  remove(): void;
}

const { NO_COLOR: _no, FORCE_COLOR: _force, ...ENVIRONMENT } = process.env;

/** A temporary folder with `rules.yaml`, `attack.txt` and `harmless.txt` in it. */
export function openFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'edgeward-cli-'));
  const write = (name: string, text: string): void => writeFileSync(join(path, name), text);
  write('rules.yaml', RULES);
  write('attack.txt', ATTACK);
  write('harmless.txt', HARMLESS);
  return {
    path,
    write,
    run(args, input = '', env = {}) {
      const options = {
        cwd: path,
        input,
        encoding: 'utf8',
        env: { ...ENVIRONMENT, ...env },
        maxBuffer: 2 ** 28,
      } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], options);
      return { status, stdout, stderr };
    },
    start: (args, env = {}) => spawn(process.execPath, [CLI, ...args], { cwd: path, env: { ...ENVIRONMENT, ...env } }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
