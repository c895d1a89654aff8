/**
 * One policy's live opinion of the text in the editor: a guard in its worker, asked again whenever something changes.
 *
 * @module
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Channel, Decision, Explanation, Outcome, Scan, Vault } from 'edgeward';
import { type BrowserGuard, type GuardStatus, openGuard } from 'edgeward/browser';
import type { PolicyDraft } from './policy.ts';
import { whenIdle } from './turns.ts';

/** Which engine runs; the reference engine gives the same answers, slower. */
export type EngineChoice = 'auto' | 'reference';

export interface Input {
  readonly text: ReadonlySignal<string>;
  readonly channel: ReadonlySignal<Channel>;
  readonly engine: ReadonlySignal<EngineChoice>;
}

/** What the policy lets pass. */
export interface Passed {
  readonly text: string;
  /** Holds what was taken out; absent where nothing was. */
  readonly vault?: Vault;
}

export interface Verdict {
  readonly text: string;
  readonly channel: Channel;
  /** What tier 1 said, also once tier 2 has spoken. */
  readonly tier1: Scan;
  readonly decision: Decision;
  readonly action: Outcome['action'];
  /** Absent while tier 2 reads. */
  readonly passed?: Passed;
}

/** Milliseconds from the keystroke on. */
export interface Times {
  /** To the worker and back, waiting included. */
  readonly travelMs: number;
  readonly tier1Ms: number;
  readonly tier2Ms?: number;
  /** From the answer until it is on the screen, waiting for the next frame included; absent until then. */
  readonly paintMs?: number;
}

/** Bytes of all files so far. */
export interface Loading {
  readonly loaded: number;
  readonly total: number;
  /** True: none of them came over the network. */
  readonly cached: boolean;
}

export interface Judge {
  /** Absent until something is opened. */
  readonly status: ReadonlySignal<GuardStatus | undefined>;
  readonly loading: ReadonlySignal<Loading>;
  /** The same of tier 2, which begins to load when tier 1 answers. */
  readonly loadingTier2: ReadonlySignal<Loading>;
  /** Milliseconds from asking for the guard until it could judge. */
  readonly openedMs: ReadonlySignal<number | undefined>;
  /** Of the newest text that was judged; absent before the first. */
  readonly verdict: ReadonlySignal<Verdict | undefined>;
  readonly times: ReadonlySignal<Times | undefined>;
  /** Why; kept up to date while somebody looks. */
  readonly explanation: ReadonlySignal<Explanation | undefined>;
  readonly explaining: Signal<boolean>;
  /** Why the last text could not be judged. */
  readonly fault: ReadonlySignal<string | undefined>;
}

/** The package's files, beside the page. */
const FILES = new URL('./edgeward/', document.baseURI);
const TIER1_FILES: ReadonlySet<string> = new Set(['engine.wasm', 'tier1.bin']);
const NOTHING_LOADED: Loading = { loaded: 0, total: 0, cached: false };
/** A slider sends many values; a new guard for each would be wasted. */
const SETTLED_MS = 120;
/** Explaining costs more than judging: it waits for a pause. */
const PAUSE_MS = 150;

/** @param active whether anybody looks; nothing is opened before */
export function createJudge(draft: ReadonlySignal<PolicyDraft>, input: Input, active: ReadonlySignal<boolean>): Judge {
  const status = signal<GuardStatus | undefined>();
  const loading = signal(NOTHING_LOADED);
  const loadingTier2 = signal(NOTHING_LOADED);
  const openedMs = signal<number | undefined>();
  const verdict = signal<Verdict | undefined>();
  const times = signal<Times | undefined>();
  const explanation = signal<Explanation | undefined>();
  const explaining = signal(false);
  const fault = signal<string | undefined>();
  /** The one that answers; the next takes its place once it has loaded. */
  const guard = signal<BrowserGuard | undefined>();
  let newest: BrowserGuard | undefined;

  // Only answers are looked at for what must not leave: for the other channels that code is not loaded.
  const isAnswer = computed(() => input.channel.value === 'model');

  effect(() => {
    if (!active.value) return;
    const engine = input.engine.value;
    const policy: PolicyDraft = isAnswer.value ? draft.value : { ...draft.value, output: 'off' };
    // The first at once: its worker starts while the page is drawn.
    if (newest === undefined) {
      void open(policy, engine);
      return;
    }
    const timer = setTimeout(() => void open(policy, engine), SETTLED_MS);
    return () => clearTimeout(timer);
  });

  async function open(policy: PolicyDraft, engine: EngineChoice): Promise<void> {
    const began = performance.now();
    const files = new Map<string, Loading>();
    if (newest !== guard.peek()) newest?.close();
    const opened = openGuard({
      ...{ policy, engine, base: FILES, shared: false },
      onProgress(progress) {
        files.set(progress.file, progress);
        if (opened !== newest) return;
        loading.value = together(files, true);
        loadingTier2.value = together(files, false);
      },
    });
    newest = opened;
    const follow = (): void => {
      // While the next one loads, the page shows how the one that answers fares.
      if (opened === newest && (opened.status.state !== 'loading' || guard.peek() === undefined))
        status.value = opened.status;
    };
    follow();
    opened.onStatus(follow);
    try {
      await opened.loaded;
    } catch {
      return; // the status says why
    }
    if (opened !== newest) return;
    openedMs.value = performance.now() - began;
    guard.peek()?.close();
    guard.value = opened;
  }

  /** The guard whose tier 2 was asked to load. */
  let warmed: BrowserGuard | undefined;

  // Tier 2 begins to load behind the first verdict; the status tells how it fares.
  effect(() => {
    const one = guard.value;
    if (one === undefined || one === warmed || times.value?.paintMs === undefined) return;
    warmed = one;
    whenIdle(() => void one.ready().catch(() => {}));
  });

  let busy = false;
  let again = false;
  /** Gives up what is being read: tier 2 may take its time, and the newest text must not wait for it. */
  let reading = new AbortController();

  effect(() => {
    if (guard.value === undefined) return;
    void input.text.value;
    void input.channel.value;
    if (busy) {
      again = true;
      reading.abort();
    } else void judge();
  });

  /** Only the newest text counts: what came meanwhile is judged once, afterwards. */
  async function judge(): Promise<void> {
    busy = true;
    do {
      again = false;
      const one = guard.peek()!;
      reading = new AbortController();
      try {
        await judgeOnce(one, input.text.peek(), input.channel.peek());
        fault.value = undefined;
      } catch (error) {
        if (!again && one === guard.peek()) fault.value = error instanceof Error ? error.message : String(error);
      }
    } while (again);
    busy = false;
  }

  async function judgeOnce(one: BrowserGuard, text: string, channel: Channel): Promise<void> {
    const began = performance.now();
    const common = { text, channel };
    let tier1: Scan | undefined;
    if (one.status.transformer.state !== 'off') {
      // Tier 1's answer at once; tier 2's, and what may pass, when it comes.
      const { decision, refused } = await one.glance(text, { channel });
      tier1 = decision.scan;
      show({ ...common, tier1: decision.scan, decision, action: refused ? 'block' : 'allow' }, began);
      if (again) return;
    }
    const { decision, action, text: passed, vault } = await one.guard(text, { channel }, { signal: reading.signal });
    const first = tier1 ?? decision.scan;
    show({ ...common, tier1: first, decision, action, passed: { text: passed, ...(vault && { vault }) } }, began);
  }

  function show(next: Verdict, began: number): void {
    const answered = performance.now();
    const { tier1Ms, tier2Ms } = next.decision.scan.timings;
    const passed: Times = {
      travelMs: Math.max(0, answered - began - tier1Ms - (tier2Ms ?? 0)),
      ...{ tier1Ms, ...(tier2Ms !== undefined && { tier2Ms }) },
    };
    verdict.value = next;
    times.value = passed;
    afterPaint(() => {
      if (times.peek() === passed) times.value = { ...passed, paintMs: performance.now() - answered };
    });
  }

  effect(() => {
    const [one, judged] = [guard.value, verdict.value];
    if (one === undefined || judged === undefined || !explaining.value) return;
    // Of nothing there is nothing to say, and the code that says it can wait.
    if (judged.text === '') {
      explanation.value = undefined;
      return;
    }
    const timer = setTimeout(() => void explain(one, judged), explanation.peek() === undefined ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  });

  async function explain(one: BrowserGuard, { text, channel }: Verdict): Promise<void> {
    try {
      const said = await one.explain(text, { channel });
      if (verdict.peek()?.text === text && one === guard.peek()) explanation.value = said;
    } catch (error) {
      if (one === guard.peek()) fault.value = error instanceof Error ? error.message : String(error);
    }
  }

  return { status, loading, loadingTier2, openedMs, verdict, times, explanation, explaining, fault };
}

/** All files of one tier. */
function together(files: ReadonlyMap<string, Loading>, isTier1: boolean): Loading {
  const some = [...files].filter(([file]) => TIER1_FILES.has(file) === isTier1).map(([, loading]) => loading);
  const sum = (key: 'loaded' | 'total'): number => some.reduce((bytes, file) => bytes + file[key], 0);
  return { loaded: sum('loaded'), total: sum('total'), cached: some.every(({ cached }) => cached) };
}

/** A message posted in a frame arrives when the frame has been drawn. */
function afterPaint(then: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      then();
    };
    port2.postMessage(null);
  });
}
