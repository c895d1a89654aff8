/**
 * Judges a labeled file in a worker of its own, in slices, so that typing stays fast and a stop is heard at once.
 *
 * @module
 */
import { createFirewall, type Firewall } from 'edgeward';
import { excerpt } from '../marks.ts';
import type { BadLine, FromWorker, Run, ToWorker } from './messages.ts';
import { exportOf, type Judged, reportOf } from './report.ts';
import { linesOf, type Row, readRow } from './rows.ts';

/** Work between two looks at the mail. */
const SLICE_MS = 20;
const PROGRESS_MS = 100;
const SHOWN_BAD = 100;
const EXCERPT = 120;

/** The run whose rows an export writes; a new one replaces it. */
let rows: Judged[] = [];
let current = 0;

function tell(message: FromWorker): void {
  postMessage(message);
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'export') tell({ kind: 'export', format: data.format, blob: exportOf(rows, data.format) });
  else if (data.kind === 'stop') current++;
  else void run(data, ++current);
});

async function run(asked: Run, number: number): Promise<void> {
  const firewalls: Firewall[] = [];
  try {
    const runtime = new URL(/* @vite-ignore */ '../edgeward/ort/', import.meta.url).href;
    for (const policy of asked.policies) {
      firewalls.push(
        await createFirewall({ policy, engine: asked.engine, transformer: asked.tier2 ? { runtime } : 'off' }),
      );
    }
    if (asked.tier2) for (const firewall of firewalls) await firewall.ready();
    await judgeFile(firewalls, asked, () => number !== current);
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  } finally {
    for (const firewall of firewalls) firewall.dispose();
  }
}

async function judgeFile(firewalls: readonly Firewall[], asked: Run, isStopped: () => boolean): Promise<void> {
  const began = performance.now();
  const judged: Judged[] = [];
  const bad: BadLine[] = [];
  const count = { lines: 0, blank: 0, badCount: 0 };
  let sliceBegan = began;
  let told = began;
  for await (const { text: line, bytes } of linesOf(asked.file)) {
    count.lines++;
    if (line.trim() === '') count.blank++;
    else {
      try {
        judged.push(await judgeRow(firewalls, readRow(line), count.lines, asked));
      } catch (error) {
        count.badCount++;
        const problem = error instanceof Error ? error.message : String(error);
        if (bad.length < SHOWN_BAD) bad.push({ line: count.lines, problem });
      }
    }
    const now = performance.now();
    if (now - told > PROGRESS_MS) {
      told = now;
      tell({ kind: 'progress', judged: judged.length, bytes, total: asked.file.size });
    }
    if (now - sliceBegan > SLICE_MS) {
      await mail();
      sliceBegan = performance.now();
      if (isStopped()) break;
    }
  }
  rows = judged;
  const counted = { ...count, bad, ms: performance.now() - began, stopped: isStopped() };
  tell({ kind: 'report', report: reportOf(judged, firewalls.length, counted) });
}

async function judgeRow(firewalls: readonly Firewall[], row: Row, line: number, asked: Run): Promise<Judged> {
  const { text, label, kind, channel = asked.channel, id } = row;
  const decisions = [];
  for (const firewall of firewalls) {
    const scan = asked.tier2 ? await firewall.inspect(text, { channel }) : firewall.scan(text, { channel });
    decisions.push(firewall.decide(scan));
  }
  const { score, tier, findings } = decisions[0]!.scan;
  return {
    ...{ line, label, kind, channel, score, tier },
    ...(id !== undefined && { id }),
    actions: decisions.map(({ action }) => action),
    reasons: decisions.map(({ reason }) => reason),
    findings: findings.map((finding) => finding.id),
    excerpt: excerpt(text, { start: 0, end: text.length }, EXCERPT),
  };
}

/** Lets messages that wait be heard. */
function mail(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
