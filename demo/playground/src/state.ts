/**
 * What the page holds: the text, its channel, two policies and which part of the page is open.
 *
 * @module
 */
import { batch, computed, effect, signal } from '@preact/signals';
import type { Channel } from 'edgeward';
import { createJudge, type EngineChoice, type Input } from './judge.ts';
import { POLICY_A, POLICY_B, type PolicyDraft } from './policy.ts';
import type { Shared, Tab } from './share.ts';
import { grouped } from './words.ts';

export const CHANNELS: readonly Channel[] = ['user', 'tool', 'retrieved', 'model', 'system'];
export const TABS: readonly Tab[] = ['text', 'compare', 'batch'];

export const tab = signal<Tab>('text');
export const text = signal('');
export const channel = signal<Channel>('user');
export const engine = signal<EngineChoice>('auto');
export const policyA = signal<PolicyDraft>(POLICY_A);
export const policyB = signal<PolicyDraft>(POLICY_B);
/** What went wrong outside of judging: a file, a link. */
export const problem = signal<string | undefined>();
/** A labeled file that waits for the batch to take it. */
export const batchFile = signal<File | undefined>();

const input: Input = { text, channel, engine };

export const judgeA = createJudge(policyA, input, signal(true));
export const judgeB = createJudge(
  policyB,
  input,
  computed(() => tab.value === 'compare'),
);

/** Milliseconds from navigation until the first verdict was on the screen. */
export const firstVerdictMs = signal<number | undefined>();

/** Its name among the page's marks, for whoever measures. */
const FIRST_VERDICT = 'edgeward/first-verdict';

effect(() => {
  if (judgeA.times.value?.paintMs !== undefined && firstVerdictMs.peek() === undefined)
    firstVerdictMs.value = performance.mark(FIRST_VERDICT).startTime;
});

/** Whether the first verdict is there, or will not come. */
export const settled = computed(() => firstVerdictMs.value !== undefined || judgeA.status.value?.state === 'failed');

export const shared = computed<Shared>(() => ({
  tab: tab.value,
  text: text.value,
  channel: channel.value,
  policies: [policyA.value, policyB.value],
}));

export function takeShared(state: Shared): void {
  batch(() => {
    tab.value = state.tab;
    text.value = state.text;
    channel.value = state.channel;
    [policyA.value, policyB.value] = state.policies;
  });
}

/** More would make typing slow: it belongs into a batch. */
const MAX_EDITOR_BYTES = 500_000;

/** A labeled file goes to the batch, any other into the editor. */
export async function takeFile(file: File): Promise<void> {
  problem.value = undefined;
  if (/\.(?:jsonl|ndjson)$/i.test(file.name)) {
    batch(() => {
      tab.value = 'batch';
      batchFile.value = file;
    });
    return;
  }
  if (file.size > MAX_EDITOR_BYTES) {
    problem.value = `${file.name} has ${grouped(Math.round(file.size / 1000))} kB; the editor takes up to ${MAX_EDITOR_BYTES / 1000} kB. Put its texts into a .jsonl file, one {"text": "…"} on each line, to judge them as a batch.`;
    return;
  }
  try {
    // As a textarea would have it, so that offsets agree.
    text.value = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()).replace(/\r\n?/g, '\n');
  } catch {
    problem.value = `${file.name} is no text in UTF-8. Save it as plain text, or paste what it says.`;
  }
}
