/**
 * Examples that an empty editor offers: their names alone, since the examples themselves come later.
 *
 * @module
 */
import type { Example } from './example.ts';

/** As the examples have them; a test compares. */
export const STARTERS: readonly Pick<Example, 'id' | 'title' | 'language'>[] = [
  { id: 'override/ignore-what-came-before', title: 'Ignore what came before', language: 'en' },
  { id: 'encoding/base64', title: 'Base64', language: 'en' },
  { id: 'documents/an-e-mail-to-the-assistant', title: 'An e-mail to the assistant', language: 'en' },
  { id: 'secrets/env', title: 'An .env file, pasted', language: 'en' },
  { id: 'languages/ja', title: '日本語', language: 'ja' },
];
