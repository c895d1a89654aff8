/**
 * The page around its three parts.
 *
 * @module
 */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import type { Tab } from '../share.ts';
import { judgeA, judgeB, problem, shared, TABS, tab, text } from '../state.ts';
import { chooseTheme, type Theme, theme } from '../theme.ts';
import { number, TITLES } from '../words.ts';
import { Notice } from './card.tsx';
import { Icon, Logo } from './icons.tsx';
import { laterPart } from './later.tsx';
import { TextPanel } from './text-panel.tsx';

const NAMES: Readonly<Record<Tab, string>> = { text: 'Text', compare: 'Compare', batch: 'Batch' };
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
/** Speech that follows every keystroke would never end: it waits for a pause. */
const SAID_AFTER_MS = 700;

const ComparePanel = laterPart(async () => (await import('./compare-panel.tsx')).ComparePanel);
const BatchPanel = laterPart(async () => (await import('../batch/batch-panel.tsx')).BatchPanel);
const ShareDialog = laterPart(async () => (await import('./share-dialog.tsx')).ShareDialog);

export function App(): JSX.Element {
  const sharing = useSignal(false);
  const nextTheme = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
  return (
    <>
      <button type="button" class="button skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <header class="top">
        <div class="top-inner">
          <div class="brand">
            <Logo />
            <h1>
              edgeward <span>playground</span>
            </h1>
          </div>
          <Tabs />
          <div class="top-actions">
            <button type="button" class="button" onClick={() => (sharing.value = true)} aria-label="Share">
              <Icon name="share" /> <span class="label">Share</span>
            </button>
            <button
              type="button"
              class="button icon"
              onClick={() => chooseTheme(nextTheme)}
              aria-label={`Colors: ${theme.value}. Change to ${nextTheme}`}
              title={`Colors: ${theme.value}`}
            >
              <Icon name={theme.value} />
            </button>
          </div>
        </div>
      </header>
      <main class="page" id="main" tabIndex={-1}>
        <Notices />
        <div role="tabpanel" id="panel" aria-labelledby={`tab-${tab.value}`}>
          {tab.value === 'text' && <TextPanel />}
          {tab.value === 'compare' && <ComparePanel />}
          {tab.value === 'batch' && <BatchPanel />}
        </div>
      </main>
      <footer class="bottom">
        <p>
          Texts, files and verdicts stay in this browser. A shared link carries its state behind the #, which is never
          sent.
        </p>
        <p>Apache-2.0</p>
      </footer>
      <Announcer />
      {sharing.value && <ShareDialog state={shared.value} onClose={() => (sharing.value = false)} />}
    </>
  );
}

function Tabs(): JSX.Element {
  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const to = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length]!;
    tab.value = to;
    document.getElementById(`tab-${to}`)?.focus();
  }
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the page">
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={tab.value === name}
          aria-controls="panel"
          tabIndex={tab.value === name ? 0 : -1}
          onClick={() => {
            tab.value = name;
          }}
          onKeyDown={move}
        >
          {NAMES[name]}
        </button>
      ))}
    </div>
  );
}

/** What does not work, and the way there. */
function Notices(): JSX.Element {
  const status = judgeA.status.value;
  const { loaded, total } = judgeA.loading.value;
  const faults = [problem.value, judgeA.fault.value, tab.value === 'compare' ? judgeB.fault.value : undefined];
  return (
    <>
      {status?.state === 'failed' && (
        <Notice tone="block">
          <strong>Nothing is judged.</strong> {status.reason}
        </Notice>
      )}
      {status?.state === 'loading' && judgeA.verdict.value === undefined && (
        <Notice tone="accent" icon="download">
          <label class="stack-small">
            Loading the engine and its weights
            <progress max={Math.max(1, total)} value={loaded} />
          </label>
        </Notice>
      )}
      {faults.map(
        (fault, i) =>
          fault !== undefined && (
            <Notice key={`${i} ${fault}`} tone="doubt">
              {fault}
            </Notice>
          ),
      )}
    </>
  );
}

/** Says verdicts aloud, once the typing pauses. */
function Announcer(): JSX.Element {
  const said = useSignal('');
  useSignalEffect(() => {
    const verdict = judgeA.verdict.value;
    const timer = setTimeout(() => {
      if (verdict === undefined || verdict.text === '' || verdict.text !== text.peek()) return;
      const { decision } = verdict;
      const { score, findings } = decision.scan;
      said.value = `${TITLES[decision.action]}. Score ${number(score)}. ${findings.length} findings.`;
    }, SAID_AFTER_MS);
    return () => clearTimeout(timer);
  });
  return (
    <p class="unseen" role="status" aria-live="polite" data-announcer>
      {said.value}
    </p>
  );
}
