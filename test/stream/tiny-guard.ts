/**
 * A guard small enough to read: e-mail addresses become `[MAIL]`, `[NAME_1]` becomes a name that JSON must escape, and
 * the word FORBIDDEN cuts. It holds back from the last white space on.
 *
 * @module
 */
import type { TextGuard } from '../../src/stream/text-guard.ts';
import type { Decision, Finding } from '../../src/types.ts';

export const RESTORED = 'Jane "JJ" O\\Neil\n';

const DECISION: Decision = {
  action: 'block',
  reason: 'test/forbidden',
  scan: { findings: [], score: 1, tier: 1, degraded: false, channel: 'model', timings: { tier1Ms: 0 } },
};

export function guarded(text: string): string {
  const cut = text.indexOf('FORBIDDEN');
  const safe = cut < 0 ? text : text.slice(0, cut);
  return safe.replace(/[a-z]+@[a-z]+\.[a-z]+/g, '[MAIL]').replaceAll('[NAME_1]', RESTORED);
}

export function openTinyGuard(): TextGuard {
  let held = '';
  let cut: Decision | undefined;
  const findings: Finding[] = [];
  const release = (text: string) => {
    if (text.includes('FORBIDDEN')) cut = DECISION;
    return { text: guarded(text), findings, ...(cut !== undefined && { cut }) };
  };
  return {
    push(text) {
      if (cut !== undefined) return { text: '', findings };
      held += text;
      const space = held.search(/\s\S*$/) + 1;
      const ready = held.slice(0, space);
      held = held.slice(space);
      return release(ready);
    },
    end() {
      const rest = held;
      held = '';
      return cut === undefined ? release(rest) : { text: '', findings };
    },
  };
}
