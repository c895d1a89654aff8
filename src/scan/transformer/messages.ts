/**
 * What passes between the firewall and a worker that runs the model: one row per call, ask and answer.
 *
 * @module
 */

export interface Calls {
  load: { ask: LoadOwn | LoadForeign; answer: null };
  run: {
    /** Token ids with the special ones for this package's model, a text for a foreign one. */
    ask: { readonly feed: Int32Array | string };
    answer: Logits;
  };
}

/** A file as it was built. */
export interface KnownFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Bytes of one file so far. */
export interface FileProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
  readonly cached: boolean;
}

/** A model of this package's making. */
export interface LoadOwn {
  readonly kind: 'own';
  readonly backend: 'wasm' | 'native';
  readonly threads: number;
  /** The model's path or URL. */
  readonly model: string;
  /** Files that the worker checks and keeps as it brings them; absent: it fetches them as they are. */
  readonly known?: ReadonlyMap<string, KnownFile>;
  /** URL of the folder with onnxruntime-web's files; absent where the runtime resolves packages itself. */
  readonly runtime?: string;
  /** Tokens of a full window. */
  readonly window: number;
}

/** A text classifier in the layout of `@xenova/transformers`. */
export interface LoadForeign {
  readonly kind: 'foreign';
  /** Path or URL of the folder that holds the model's own; absent: the hub. */
  readonly folder?: string;
  /** Its name in `folder`, or on the hub. */
  readonly model: string;
  /** Labels that mean an attack. */
  readonly labels: readonly string[];
}

/** What the model says, log-odds. */
export interface Logits {
  /** User, data. */
  readonly heads: Float32Array;
  /** As long as the ids; empty for a foreign model. */
  readonly tokens: Float32Array;
}

/** In place of an ask: finish what is under way, then end. */
export const END = 'end';

export type Ask = {
  readonly [K in keyof Calls]: { readonly id: number; readonly call: K } & Calls[K]['ask'];
}[keyof Calls];

export type Answer =
  | { readonly id: number; readonly value: Calls[keyof Calls]['answer'] }
  | { readonly id: number; readonly failed: string };

/** What a worker says unasked. */
export interface Told {
  readonly progress: FileProgress;
}
