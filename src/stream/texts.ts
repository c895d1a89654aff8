/**
 * The texts that grow within one answer: each has a guard, and all share one verdict.
 *
 * A text that is set aside and taken up again, or goes on in a new block, is guarded together with what left before,
 * so that nothing slips through in two halves.
 *
 * @module
 */
import type { Decision, Finding } from '../types.ts';
import { createJsonGuard, guardJsonValue } from './json-text.ts';
import type { Released, TextGuard } from './text-guard.ts';

/** `arguments` is a JSON text: values inside it are escaped. */
export type TextKind = 'text' | 'arguments';

/** One text that grows. After `end` it may go on. */
export interface Lane {
  /** Takes more and returns what may leave. */
  push(text: string): string;
  /** Decides all that was held back. */
  end(): string;
}

/** One piece of a text, and the lane that took it. */
export interface Grown {
  readonly lane: Lane;
  readonly text: string;
}

export interface Texts {
  /** @param slot texts that a reader sees as one; the next lane of a slot goes on where the last one ended */
  lane(kind: TextKind, slot: string): Lane;
  /** A text that arrived whole. One that lanes have let through before reads the same. */
  whole(kind: TextKind, text: string): string;
  /** A JSON value, every string and number in it. */
  value(value: unknown): unknown;
  /** Set once something was cut: from then on every text is empty. */
  readonly cut: Decision | undefined;
  readonly findings: readonly Finding[];
  /** What has grown since the last call; undefined unless it was one piece of one text, and no text ended or came whole. */
  takeGrown(): Grown | undefined;
}

/** Units of a text that left, which are read again with its continuation. */
const SEAM = 128;
/** Findings kept for the report. */
const MAX_FINDINGS = 256;

interface Seam {
  readonly came: string;
  readonly left: string;
}

/** @param remembers whether texts come again whole, and must then read as they did when they grew */
export function createTexts(open: () => TextGuard, remembers = false): Texts {
  const findings: Finding[] = [];
  const seams = new Map<string, Seam>();
  const known = new Map<string, string>();
  let cut: Decision | undefined;
  let grown: Grown | undefined;
  /** Since `takeGrown`: pieces, ends and whole texts. */
  let steps = 0;

  function read(released: Released): string {
    for (const finding of released.findings) if (findings.length < MAX_FINDINGS) findings.push(finding);
    cut ??= released.cut;
    return released.text;
  }

  const opener = { text: open, arguments: () => createJsonGuard(open) } as const;

  /** The end of what left, if it left as it came and stands on its own. */
  function seed({ came, left }: Seam): string {
    let same = 0;
    const most = Math.min(came.length, left.length);
    while (same < most && came[came.length - 1 - same] === left[left.length - 1 - same]) same++;
    const tail = came.slice(came.length - same);
    const guard = open();
    const first = guard.push(tail);
    const text = first.text + (first.cut === undefined ? guard.end().text : '');
    return text === tail ? tail : '';
  }

  function lane(kind: TextKind, slot: string): Lane {
    let guard: TextGuard | undefined;
    /** What left before and is given back again. */
    let again = '';
    let came = '';
    let left = '';
    const remembered: [came: string, left: string] = ['', ''];

    function start(): TextGuard {
      const made = opener[kind]();
      const seam = kind === 'text' ? seams.get(slot) : undefined;
      again = seam === undefined ? '' : seed(seam);
      came = left = again;
      if (again !== '') take(read(made.push(again)), '');
      return made;
    }

    function take(released: string, text: string): string {
      let out = released;
      if (again !== '' && out !== '') {
        let same = 0;
        while (same < again.length && same < out.length && out[same] === again[same]) same++;
        out = out.slice(same);
        again = out === '' ? again.slice(same) : '';
      }
      if (kind === 'text') {
        came = (came + text).slice(-SEAM);
        left = (left + out).slice(-SEAM);
      }
      if (remembers) {
        remembered[0] += text;
        remembered[1] += out;
      }
      return out;
    }

    const self: Lane = {
      push(text) {
        steps++;
        grown = { lane: self, text };
        if (cut !== undefined || text === '') return '';
        guard ??= start();
        return take(read(guard.push(text)), text);
      },
      end() {
        steps += 2;
        if (cut !== undefined || guard === undefined) return '';
        const out = take(read(guard.end()), '');
        guard = undefined;
        if (kind === 'text') seams.set(slot, { came, left });
        if (remembers) known.set(`${kind} ${remembered[0]}`, remembered[1]);
        return out;
      },
    };
    return self;
  }

  return {
    lane,
    whole(kind, text) {
      steps += 2;
      const before = known.get(`${kind} ${text}`);
      if (before !== undefined) return before;
      if (cut !== undefined || text === '') return '';
      const guard = opener[kind]();
      const first = read(guard.push(text));
      const out = first + (cut === undefined ? read(guard.end()) : '');
      if (remembers) known.set(`${kind} ${text}`, out);
      return out;
    },
    value(value) {
      steps += 2;
      if (cut !== undefined) return {};
      const guarded = guardJsonValue(value, open);
      for (const released of guarded.released) read(released);
      return cut === undefined ? guarded.value : {};
    },
    get cut() {
      return cut;
    },
    findings,
    takeGrown() {
      const one = steps === 1 ? grown : undefined;
      steps = 0;
      grown = undefined;
      return one;
    },
  };
}
