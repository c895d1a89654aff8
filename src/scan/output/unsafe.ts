/**
 * What is dangerous in an answer because of where it goes: markup, commands, queries, control characters, formulas.
 *
 * @module
 */
import type { Destination, Finding } from '../../types.ts';
import type { Detector } from './leak.ts';

interface Danger {
  readonly id: string;
  readonly score: number;
  /** Matches at most `REACH` units. */
  readonly shape: RegExp;
}

/**
 * No shape matches, or looks at, more units than this. None begins inside a match of its own, or else what is found
 * would depend on where a text begins.
 */
const REACH = 256;

const DANGERS: Readonly<Record<Destination, readonly Danger[]>> = {
  html: [
    {
      id: 'html-active',
      score: 0.9,
      shape:
        /<\/?(?:script|iframe|frame|object|embed|applet|base|meta|link|style|form|svg|math|template)\b[^<>]{0,200}>?/gi,
    },
    { id: 'html-handler', score: 0.9, shape: /<[a-z][^<>]{0,120}[\s"'/]on[a-z]{3,24}\s{0,4}=/gi },
    { id: 'html-script-url', score: 0.9, shape: /=\s{0,4}["']?\s{0,4}(?:java|vb)script\s{0,4}:/gi },
    { id: 'html-srcdoc', score: 0.9, shape: /\bsrcdoc\s{0,4}=/gi },
  ],
  shell: [
    { id: 'shell-substitution', score: 0.8, shape: /[$<>]\([^()\n]{1,120}\)/g },
    // From one backtick to the next: which of them opens, a window of a stream cannot know.
    { id: 'shell-substitution', score: 0.8, shape: /`[^`\n]{1,120}(?:`(?![^`\n]{1,120}`)|(?=`))/g },
    { id: 'shell-chain', score: 0.7, shape: /(?:;|&&|\|\|?)\s{0,4}[a-z./][\w./-]{0,40}/gi },
    { id: 'shell-redirect', score: 0.7, shape: />{1,2}\s{0,4}[~/.$][\w./~$-]{1,80}/g },
    {
      id: 'shell-destructive',
      score: 0.95,
      shape:
        /\b(?:rm\s{1,4}-[a-z]{0,4}[rf][a-z]{0,4}\b|mkfs(?:\.\w{1,8})?\b|dd\s{1,4}(?:if|of)=|shred\s|chmod\s{1,4}-?R?\s{0,2}[0-7]{0,4}777\b|chown\s{1,4}-R\b|shutdown\b|reboot\b|killall\s|iptables\s{1,4}-F)/g,
    },
    {
      id: 'shell-remote',
      score: 0.95,
      shape:
        /\|\s{0,4}(?:sudo\s)?(?:ba|z|da|k)?sh\b|\b(?:nc|ncat|netcat)\s-[a-z]{0,6}e|\/dev\/tcp\/|\bpowershell\s[^\n-]{0,20}-e|\bIEX\s{0,4}\(/gi,
    },
  ],
  sql: [
    {
      id: 'sql-stacked',
      score: 0.9,
      shape:
        /;\s{0,8}(?:drop|delete|update|insert|alter|create|grant|revoke|truncate|exec|execute|shutdown|merge|replace)\s/gi,
    },
    {
      id: 'sql-definition',
      score: 0.85,
      shape:
        /\b(?:drop|truncate|alter)\s{1,8}(?:table|database|schema|view|index|user|role)\b|\bgrant\s{1,8}(?:all|select|insert|update|delete|execute|usage)\b/gi,
    },
    { id: 'sql-unbounded', score: 0.75, shape: /\bdelete\s{1,8}from\s{1,8}[\w.`"[\]]{1,80}\s{0,8}(?:;|$)/gi },
    { id: 'sql-union', score: 0.85, shape: /\bunion\s{1,8}(?:all\s{1,8}|distinct\s{1,8})?select\b/gi },
    {
      id: 'sql-tautology',
      score: 0.9,
      shape: /\bor\s{1,4}['"]?(\w{1,16})['"]?\s{0,4}=\s{0,4}['"]?\1\b/gi,
    },
    { id: 'sql-comment', score: 0.6, shape: /['"\d)]\s{0,4}(?:--(?=\s|$)|#(?=\s|$)|\/\*)/gm },
    {
      id: 'sql-reach',
      score: 0.95,
      shape:
        /\bxp_cmdshell\b|\bload_file\s{0,4}\(|\binto\s{1,8}(?:out|dump)file\b|\b(?:pg_sleep|sleep|benchmark)\s{0,4}\(|\bwaitfor\s{1,8}delay\b|\bcopy\s{1,8}[\w."]{1,60}\s{1,8}(?:from|to)\s{1,8}program\b|\butl_http\b|\binformation_schema\b/gi,
    },
  ],
  terminal: [
    {
      id: 'terminal-control',
      score: 0.9,
      shape:
        /[\u001b\u009b\u009d\u0090][^\s\u001b\u009b\u009d\u0090]{0,64}|[\u0000-\u0007\u000e-\u001a\u007f]|\u0008(?=\u0008)|(?<=\u0008)\u0008/g,
    },
    { id: 'terminal-bidi', score: 0.7, shape: /[\u202a-\u202e\u2066-\u2069]/g },
  ],
  spreadsheet: [
    {
      id: 'spreadsheet-formula',
      score: 0.85,
      shape:
        /(?<=^|[\n,;\t|]|[\n,;\t|]")[=+@-][ \t]{0,4}[a-z_][\w.]{0,40}\(|(?<=^|[\n,;\t|]|[\n,;\t|]")[=+@-][\w.' ]{1,40}\|['\w]/gi,
    },
  ],
};

/** @returns a detector whose findings are `output/<danger>`, of the category `unsafe` */
export function createUnsafeDetector(goesTo: readonly Destination[]): Detector {
  const dangers = goesTo.flatMap((destination) => DANGERS[destination]);
  return {
    context: REACH,
    find(text) {
      const findings: Finding[] = [];
      for (const { id, score, shape } of dangers) {
        for (const { index, 0: match } of text.matchAll(shape)) {
          const spans = [{ start: index, end: index + match.length }];
          findings.push({ id: `output/${id}`, category: 'unsafe', score, spans, decoders: [] });
        }
      }
      return findings.sort((a, b) => a.spans[0]!.start - b.spans[0]!.start);
    },
    // Whatever begins in the last units may not have come to its end.
    open: (text) => Math.max(0, text.length - REACH),
  };
}
