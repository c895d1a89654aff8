/**
 * The vault of the conversation that a tab shows. It lives in the tab and, sealed, with the browser until that ends, so
 * that a reload, or the same conversation in another tab, still knows what its placeholders stand for.
 *
 * @module
 */
import { createVault, openVault } from 'edgeward/vault';

export type Vault = ReturnType<typeof createVault>;

export interface Store {
  recall(conversation: string): Promise<{ readonly key: string; readonly sealed?: string }>;
  keep(conversation: string, sealed: string): Promise<unknown>;
}

export interface Conversation {
  /** Its vault; a new one where nothing is known of it. */
  vault(): Promise<Vault>;
  /** A vault for what is not to be kept. */
  scratch(): Vault;
  /** Its vault, as far as it is at hand. */
  readonly known: Vault | undefined;
  /** Something is being said: the name that the page gets next is this conversation's. */
  said(): void;
  /** Puts the vault away, when the conversation has a name by now. */
  keep(): Promise<void>;
  /** Looks at the page's path. @returns whether another conversation is shown now */
  look(): boolean;
}

/** @param name of the conversation that the page shows; `undefined` while it has none */
export function createConversation(name: () => string | undefined, store: Store): Conversation {
  let current = name();
  let vault: Vault | undefined;
  let opening: Promise<Vault> | undefined;
  let hasSpoken = false;

  /** A conversation gets its name when the first message was sent. Any other change of name shows another one. */
  function look(): boolean {
    const next = name();
    if (next === current) return false;
    const isNamed = current === undefined && hasSpoken && vault !== undefined;
    current = next;
    hasSpoken = false;
    if (isNamed) {
      void keep();
      return false;
    }
    vault = undefined;
    opening = undefined;
    return true;
  }

  async function open(): Promise<Vault> {
    const wanted = current;
    const opened = (await recalled(wanted)) ?? createVault();
    if (wanted === current) vault = opened;
    return opened;
  }

  async function recalled(wanted: string | undefined): Promise<Vault | undefined> {
    if (wanted === undefined || !canSeal()) return undefined;
    const { key, sealed } = await store.recall(wanted);
    return sealed === undefined ? undefined : openVault(sealed, bytesOf(key));
  }

  async function keep(): Promise<void> {
    const [wanted, kept] = [current, vault];
    if (wanted === undefined || kept === undefined || kept.size === 0 || !canSeal()) return;
    const { key } = await store.recall(wanted);
    await store.keep(wanted, await kept.seal(bytesOf(key)));
  }

  return {
    vault() {
      look();
      opening ??= open();
      return opening;
    },
    scratch: () => createVault(),
    get known() {
      return vault;
    },
    said() {
      hasSpoken = true;
    },
    keep,
    look,
  };
}

/** Plain http has no `crypto.subtle`: there a vault lives as long as its page. */
function canSeal(): boolean {
  return globalThis.crypto.subtle !== undefined;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
