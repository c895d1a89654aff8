/**
 * The guarded form of one growing text.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { Decision, Finding, StreamingVault } from '../types.ts';
import { MAX_CHAIN, MAX_CONTEXT, MAX_PIECE, type Treatment, type Watch } from './hold.ts';
import { createSensitiveReader, type SensitiveReader, splitsPair } from './sensitive.ts';

/** Takes a text as it arrives, gives it back as it may leave. One for each text; not used again after `end`. */
export interface TextGuard {
  /**
   * Takes more text, of any length and cut anywhere, also inside a surrogate pair.
   *
   * @throws {FirewallError} `FW_INPUT` for what is no string, and after `end`
   */
  push(text: string): Released;
  /** The text is complete: everything held back is decided. */
  end(): Released;
}

export interface Released {
  /** What may leave now; never half a surrogate pair. */
  readonly text: string;
  /** What was found in the part that was decided; spans are offsets into the text as it was pushed, from its beginning. */
  readonly findings: readonly Finding[];
  /** Set once, when the policy blocks: nothing leaves any more, and further calls return nothing. */
  readonly cut?: Decision;
}

/** What a guard is made of. */
export interface GuardParts {
  /** Personal data and secrets of a short text, each with one span; absent when nobody asks. */
  readonly find?: ((text: string) => readonly Finding[]) | undefined;
  /**
   * What becomes of personal data or a secret.
   *
   * @param before the 256 units of the text before it
   */
  treat(finding: Finding, value: string, before: string): Treatment;
  readonly watches: readonly Watch[];
  /** Whose values come back. */
  readonly vault?: StreamingVault | undefined;
  /** The decision behind a cut. */
  decide(finding: Finding, reason: string): Decision;
}

/** Something found, at its place in the whole text. */
interface Mark {
  readonly start: number;
  readonly end: number;
  /** Absent of a value that comes back. */
  readonly finding?: Finding;
  readonly treatment: Treatment;
}

/** Marks that hang together: what stands under them leaves as one replacement. */
interface Group {
  readonly start: number;
  end: number;
  readonly marks: Mark[];
}

const NOTHING: Released = { text: '', findings: [] };
/** Units before a value by which its replacement is chosen. */
const BEFORE = 256;
/** Watches look again when the held text has grown by this share, so that a long piece is not read for every unit. */
const GROWTH = 1 / 16;
/** Units taken in at a time. */
const STRIDE = 16384;
/** Text that has left is let go of in steps of so many units. */
const SLACK = 512;

/**
 * What leaves depends on the text alone, never on how it was cut: pieces of personal data and secrets have borders of
 * their own, and a watch's findings are taken only where it says that nothing can change them.
 *
 * @complexity linear in what is new, and in what is held when that has grown by a sixteenth
 */
export function createTextGuard({ find, treat, watches, vault, decide }: GuardParts): TextGuard {
  const sensitive: SensitiveReader | undefined = find && createSensitiveReader(find);
  const watching = watches.length > 0 || vault !== undefined;
  /** The end of the text so far: what has not left, and before it what verdicts look back at. */
  let buffer = '';
  /** Where the buffer begins in the whole text, and how much of that has left. */
  let base = 0;
  let released = 0;
  /** Length of the text when the watches looked last. */
  let watched = 0;
  /** Where the last replacement ended, and what it stands for. */
  let lastEnd = -1;
  let lastId: string | undefined;
  /** Where the watches' findings began that follow each other within `MAX_CONTEXT` units, and where the last one ends. */
  let chainStart = 0;
  let chainEnd = -Infinity;
  /** Personal data and secrets that have not left. */
  let sighted: Mark[] = [];
  /** What was told and reaches into what has not left: a watch tells the rest of it again. */
  let told: Mark[] = [];
  let state: 'open' | 'cut' | 'ended' = 'open';

  /** Where the first thing begins that is not decided. */
  function openAt(final: boolean): number {
    const length = base + buffer.length;
    let open = sensitive?.settled ?? length;
    if (final) return open;
    if (open === length && isHigh(buffer.charCodeAt(buffer.length - 1))) open--;
    if (!watching) return open;
    const from = released - base;
    for (const watch of watches) {
      const one = watch.open(buffer, from);
      if (one < buffer.length) open = Math.min(open, base + Math.max(one, buffer.length - MAX_PIECE));
    }
    if (vault !== undefined) open = Math.min(open, base + vault.openAt(buffer));
    return open;
  }

  /** Everything that begins between what has left and `open`, ascending. */
  function marksBefore(open: number): Mark[] {
    const marks: Mark[] = [];
    const mark = (start: number, end: number, treatment: Treatment, finding?: Finding): Mark => ({
      start: splitsPair(buffer, start - base) ? start - 1 : start,
      end: splitsPair(buffer, end - base) ? end + 1 : end,
      treatment,
      ...(finding && { finding }),
    });
    for (const { start, end, finding } of sensitive?.take(open) ?? []) {
      const [from, to] = [start - base, end - base];
      const before = buffer.slice(Math.max(0, from - BEFORE), from);
      sighted.push(mark(start, end, treat(finding, buffer.slice(from, to), before), finding));
    }
    marks.push(...sighted);
    const from = released - base;
    for (const watch of watches) {
      for (const finding of watch.find(buffer, from)) {
        const begins = base + finding.spans[0]!.start;
        const end = base + finding.spans.at(-1)!.end;
        if (begins >= open || end <= released) continue;
        const treatment = watch.treat?.(finding, buffer) ?? 'report';
        // The rest of a piece that was too long to be waited for.
        const start = Math.max(begins, released);
        if (treatment === 'report' && (begins < start || isTold(finding.id, end))) continue;
        if (start - chainEnd > MAX_CONTEXT) chainStart = start;
        chainEnd = Math.max(chainEnd, end);
        const spans = finding.spans.map((span) => ({ start: base + span.start, end: base + span.end }));
        marks.push(mark(start, end, treatment, { ...finding, spans }));
      }
    }
    for (const { start, end, value } of vault?.restorations(buffer) ?? []) {
      if (start >= from && base + start < open) marks.push(mark(base + start, base + end, { replace: value }));
    }
    return marks.sort((a, b) => a.start - b.start || b.end - a.end);
  }

  const isTold = (id: string, end: number): boolean => told.some((mark) => mark.finding?.id === id && mark.end === end);

  function settle(final: boolean): Released {
    const length = base + buffer.length;
    if (watching && !final && length - watched < (length - released) * GROWTH) return NOTHING;
    watched = length;
    let open = openAt(final);
    if (splitsPair(buffer, open - base)) open--;
    if (open <= released) return NOTHING;
    const marks = marksBefore(open);
    const groups = grouped(marks);
    const last = groups.at(-1);
    // What hangs together leaves together.
    if (last !== undefined && last.end > open) open = last.start;
    let text = '';
    let at = released;
    for (const group of groups) {
      if (group.start >= open) break;
      text += buffer.slice(at - base, group.start - base);
      const cut = group.marks.find(({ treatment }) => typeof treatment === 'object' && 'cut' in treatment);
      if (cut !== undefined) {
        const findings = findingsOf(marks, cut.start + 1);
        return stop({ text, findings, cut: decide(cut.finding!, (cut.treatment as { cut: string }).cut) });
      }
      const { finding, treatment } = replacementOf(group);
      // What goes on where it was cut has its replacement already.
      const goesOn = finding !== undefined && finding.id === lastId && group.start === lastEnd;
      if (!goesOn) text += (treatment as { replace: string }).replace;
      at = group.end;
      lastId = finding?.id;
      lastEnd = at;
    }
    if (open <= released) return NOTHING;
    text += buffer.slice(at - base, open - base);
    const findings = findingsOf(marks, open);
    sighted = sighted.filter(({ start }) => start >= open);
    told = [...told, ...marks.filter(({ start }) => start < open)].filter(({ end }) => end > open);
    released = open;
    const kept = keptFrom();
    if (kept - base > SLACK) {
      buffer = buffer.slice(kept - base);
      base = kept;
    }
    return { text, findings };
  }

  /** Where the text begins that verdicts may still look back at. */
  function keptFrom(): number {
    if (released - chainEnd > MAX_CONTEXT) return released - MAX_CONTEXT;
    return Math.max(chainStart - MAX_CONTEXT, released - MAX_CHAIN);
  }

  function stop(last: Released): Released {
    state = 'cut';
    buffer = '';
    sighted = [];
    told = [];
    return last;
  }

  function check(where: string, text: unknown): void {
    if (typeof text !== 'string') {
      throw new FirewallError('FW_INPUT', `${where}: text must be a string; got ${show(text)}`);
    }
    if (state === 'ended') {
      throw new FirewallError('FW_INPUT', `${where}: the text has ended; open a guard for the next one`);
    }
  }

  return {
    push(text) {
      check('push', text);
      if (text.length <= STRIDE) return take(text);
      let out = '';
      const findings: Finding[] = [];
      for (let at = 0; at < text.length; at += STRIDE) {
        const released = take(text.slice(at, at + STRIDE));
        out += released.text;
        findings.push(...released.findings);
        if (released.cut !== undefined) return { text: out, findings, cut: released.cut };
      }
      return { text: out, findings };
    },
    end() {
      check('end', '');
      const wasCut = state === 'cut';
      state = 'ended';
      if (wasCut) return NOTHING;
      sensitive?.read(buffer, base, true);
      return settle(true);
    },
  };

  function take(text: string): Released {
    if (state === 'cut' || text === '') return NOTHING;
    buffer += text;
    sensitive?.read(buffer, base, false);
    return settle(false);
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function findingsOf(marks: readonly Mark[], before: number): Finding[] {
  return marks.filter(({ start }) => start < before).flatMap(({ finding }) => finding ?? []);
}

/** Marks that change something, in groups that overlap, ascending. */
function grouped(marks: readonly Mark[]): Group[] {
  const groups: Group[] = [];
  for (const mark of marks) {
    if (mark.treatment === 'report') continue;
    const last = groups.at(-1);
    if (last !== undefined && mark.start < last.end) {
      last.marks.push(mark);
      last.end = Math.max(last.end, mark.end);
    } else {
      groups.push({ start: mark.start, end: mark.end, marks: [mark] });
    }
  }
  return groups;
}

/** What is withheld goes before what comes back, unless exactly that comes back: a pseudonym reads like somebody's value. */
function replacementOf({ start, end, marks }: Group): Mark {
  const whole = marks.find((mark) => mark.finding === undefined && mark.start === start && mark.end === end);
  return whole ?? marks.find((mark) => mark.finding !== undefined) ?? marks[0]!;
}
