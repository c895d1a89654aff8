/**
 * The batch's state, and the worker behind it.
 *
 * @module
 */
import { signal } from '@preact/signals';
import type { ExportFormat, FromWorker, Report, Run, ToWorker } from './messages.ts';

export type Progress =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly name: string; readonly judged: number; readonly share: number }
  | { readonly state: 'done'; readonly name: string; readonly report: Report; readonly policies: Run['policies'] }
  | { readonly state: 'failed'; readonly name: string; readonly message: string };

export const progress = signal<Progress>({ state: 'none' });

let worker: Worker | undefined;
let asked: { readonly name: string; readonly policies: Run['policies'] } = { name: '', policies: [] };

export function start(file: File, options: Omit<Run, 'kind' | 'file'>): void {
  asked = { name: file.name, policies: options.policies };
  progress.value = { state: 'running', name: file.name, judged: 0, share: 0 };
  worker ??= open();
  post({ ...options, kind: 'run', file });
}

/** What was judged so far is reported. */
export function stop(): void {
  post({ kind: 'stop' });
}

export function download(format: ExportFormat): void {
  post({ kind: 'export', format });
}

function post(message: ToWorker): void {
  worker?.postMessage(message);
}

function open(): Worker {
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  made.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
  made.onerror = ({ message }) => {
    worker?.terminate();
    worker = undefined;
    progress.value = { state: 'failed', name: asked.name, message: message || 'the worker’s script did not load' };
  };
  return made;
}

function hear(message: FromWorker): void {
  const { name, policies } = asked;
  switch (message.kind) {
    case 'progress':
      if (progress.peek().state === 'running')
        progress.value = { state: 'running', name, judged: message.judged, share: message.bytes / message.total };
      break;
    case 'report':
      progress.value = { state: 'done', name, policies, report: message.report };
      break;
    case 'failed':
      progress.value = { state: 'failed', name, message: message.message };
      break;
    case 'export':
      save(message.blob, `${name.replace(/\.[a-z]+$/i, '')}-verdicts.${message.format}`);
  }
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
