/**
 * `manifest.json` of a transformer: how its text is cut and how its logits become a verdict.
 *
 * @module
 */
import type { Calibration } from '../../engine/pack.ts';
import { FirewallError, show } from '../../errors.ts';

/** What the cascade does for one head. Log-odds throughout. */
export interface HeadPlan {
  /** Tier 1 answers alone when the logit of its score lies below or above. */
  readonly settle: { readonly below: number; readonly above: number };
  /** Margin = `tier1` · tier 1's logit + `transformer` · the largest logit of a window + `bias`. */
  readonly combine: { readonly tier1: number; readonly transformer: number; readonly bias: number };
  /** From that margin to the log-odds of the scan's score. */
  readonly calibration: Calibration;
}

export interface Manifest {
  readonly version: string;
  /** Tokens the model reads at once, the two special ones included. */
  readonly window: number;
  /** Tokens that two neighboring windows share. */
  readonly overlap: number;
  readonly heads: { readonly user: HeadPlan; readonly data: HeadPlan };
  /** A token whose logit lies above belongs to an injected instruction. */
  readonly spans: { readonly threshold: number };
}

/** The two special tokens around every window. */
export const SPECIAL_TOKENS = 2;

type Json = Readonly<Record<string, unknown>>;

/**
 * @param value parsed JSON
 * @throws {FirewallError} `FW_MODEL` naming the first key that is not what it should be
 */
export function readManifest(value: unknown): Manifest {
  const root = record('', value);
  const version = root['version'];
  if (typeof version !== 'string' || version === '') throw wrong('version', 'a non-empty string', version);
  const window = integer('window', root['window'], SPECIAL_TOKENS + 1, 512);
  const overlap = integer('overlap', root['overlap'], 0, window - SPECIAL_TOKENS - 1);
  const heads = record('heads', root['heads']);
  const spans = record('spans', root['spans']);
  return {
    version,
    window,
    overlap,
    heads: { user: headPlan('heads.user', heads['user']), data: headPlan('heads.data', heads['data']) },
    spans: { threshold: number('spans.threshold', spans['threshold']) },
  };
}

function headPlan(path: string, value: unknown): HeadPlan {
  const head = record(path, value);
  const settle = record(`${path}.settle`, head['settle']);
  const combine = record(`${path}.combine`, head['combine']);
  const below = number(`${path}.settle.below`, settle['below']);
  const above = number(`${path}.settle.above`, settle['above']);
  if (below > above) throw wrong(`${path}.settle.below`, `at most settle.above (${above})`, below);
  return {
    settle: { below, above },
    combine: {
      tier1: number(`${path}.combine.tier1`, combine['tier1']),
      transformer: number(`${path}.combine.transformer`, combine['transformer']),
      bias: number(`${path}.combine.bias`, combine['bias']),
    },
    calibration: calibration(`${path}.calibration`, head['calibration']),
  };
}

function calibration(path: string, value: unknown): Calibration {
  const { margins, logits } = record(path, value);
  ascending(`${path}.margins`, margins);
  ascending(`${path}.logits`, logits);
  if (margins.length !== logits.length)
    throw wrong(`${path}.logits`, `as long as margins (${margins.length})`, logits.length);
  for (let i = 1; i < margins.length; i++)
    if (margins[i] === margins[i - 1]) throw wrong(`${path}.margins`, 'without repetition', margins[i]);
  return { margins, logits };
}

function ascending(path: string, value: unknown): asserts value is readonly number[] {
  const fits =
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((entry, i) => Number.isFinite(entry) && (i === 0 || entry >= value[i - 1]));
  if (!fits) throw wrong(path, 'two or more ascending numbers', value);
}

function record(path: string, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object', value);
  return value as Json;
}

function number(path: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'a finite number', value);
  return value;
}

function integer(path: string, value: unknown, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw wrong(path, `an integer from ${least} to ${most}`, value);
  return value as number;
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError(
    'FW_MODEL',
    `manifest.json${path === '' ? '' : `: ${path}`} must be ${expected}; got ${show(got)}`,
  );
}
