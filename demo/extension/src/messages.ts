/**
 * What the parts of the extension ask the background: one row per question.
 *
 * @module
 */

import type { AddedSite } from './sites.ts';
import type { Counts } from './statistics.ts';

export interface Questions {
  /** Answered when the guard can be reached. */
  wake: { ask: object; answer: null };
  /** What a conversation's placeholders stand for, sealed, and the key to it. */
  recall: { ask: { readonly conversation: string }; answer: { readonly key: string; readonly sealed?: string } };
  keep: { ask: { readonly conversation: string; readonly sealed: string }; answer: null };
  count: { ask: { readonly site: string; readonly counts: Partial<Counts> }; answer: null };
  /** The user has allowed the extension into a site. */
  add: { ask: AddedSite; answer: null };
  remove: { ask: { readonly origin: string }; answer: null };
}

export type Question = {
  readonly [K in keyof Questions]: { readonly kind: K } & Questions[K]['ask'];
}[keyof Questions];

export type Answers = {
  readonly [K in keyof Questions]: (
    ask: { readonly kind: K } & Questions[K]['ask'],
  ) => Questions[K]['answer'] | Promise<Questions[K]['answer']>;
};

/** @throws when the background does not answer: the extension was removed, or is being replaced */
export async function ask<K extends keyof Questions>(
  kind: K,
  what: Questions[K]['ask'],
): Promise<Questions[K]['answer']> {
  const reply = (await chrome.runtime.sendMessage({ kind, ...what })) as
    | { readonly answer?: Questions[K]['answer']; readonly error?: string }
    | undefined;
  if (reply?.answer !== undefined) return reply.answer;
  throw new Error(`edgeward: expected an answer to ${kind}; got ${reply?.error ?? 'none'}`);
}

export function answerQuestions(answers: Answers): void {
  chrome.runtime.onMessage.addListener((message, _, respond) => {
    const question = message as Question;
    Promise.resolve()
      .then(() => answers[question.kind](question as never))
      .then(
        (answer) => respond({ answer }),
        (error: unknown) => respond({ error: String(error) }),
      );
    return true;
  });
}
