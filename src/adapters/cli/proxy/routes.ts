/**
 * A file of routes: what differs by path.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { PresetName } from '../../../exports.ts';
import type { ProxyRoute } from '../../proxy/main.ts';
import { CliError, fileFault } from '../fault.ts';
import { readSubject } from '../proxy.ts';
import { POLICIES } from '../start.ts';

/** A route as a file has it: the name of a policy in place of a firewall. */
export interface FileRoute extends Omit<ProxyRoute, 'firewall'> {
  readonly policy?: PresetName;
}

const KEYS = ['path', 'mode', 'api', 'places', 'policy', 'risk', 'trustRoles', 'subject', 'upstream'];

/** @throws {CliError} when the file is no list of routes; what stands in one is checked by the proxy */
export function readRoutes(path: string): FileRoute[] {
  let parsed: unknown;
  try {
    parsed = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && error.name === 'YAMLParseError') {
      throw new CliError(`proxy: ${path}: ${error.message}`, { cause: error });
    }
    throw fileFault('proxy', path, error);
  }
  if (!Array.isArray(parsed)) throw new CliError(`proxy: ${path}: expected a list of routes`);
  return parsed.map((route: unknown, i) => {
    if (typeof route !== 'object' || route === null) {
      throw new CliError(`proxy: ${path}: route ${i}: expected names and values`);
    }
    const unknown = Object.keys(route).find((key) => !KEYS.includes(key));
    if (unknown !== undefined) {
      throw new CliError(`proxy: ${path}: route ${i}: expected ${KEYS.join(', ')}; got ${unknown}`);
    }
    const { subject, ...rest } = route as FileRoute & { readonly subject?: unknown };
    if (rest.policy !== undefined && !POLICIES.includes(rest.policy)) {
      throw new CliError(`proxy: ${path}: route ${i}: policy must be one of ${POLICIES.join(', ')}`);
    }
    return subject === undefined ? rest : { ...rest, subject: subjectFrom(subject, `${path}: route ${i}`) };
  });
}

function subjectFrom(text: unknown, where: string): ReturnType<typeof readSubject> {
  try {
    return readSubject(String(text));
  } catch (cause) {
    throw new CliError(`proxy: ${where}: subject must be key, header:NAME or claim:NAME`, { cause });
  }
}
