/** The part of the extension API that is used here. Chromium and Firefox both answer to `chrome`, with promises. */
declare namespace chrome {
  interface Event<Listener> {
    addListener(listener: Listener): void;
  }

  namespace runtime {
    interface Port {
      readonly name: string;
      postMessage(message: unknown): void;
      disconnect(): void;
      readonly onMessage: Event<(message: unknown) => void>;
      readonly onDisconnect: Event<() => void>;
    }
    const onConnect: Event<(port: Port) => void>;
    const onInstalled: Event<() => void>;
    const onStartup: Event<() => void>;
    /** @returns true when the answer comes later, by `respond` */
    const onMessage: Event<(message: unknown, sender: object, respond: (answer: unknown) => void) => boolean>;
    function connect(info: { readonly name: string }): Port;
    function sendMessage(message: unknown): Promise<unknown>;
    function getURL(path: string): string;
    function openOptionsPage(): Promise<void>;
  }

  namespace action {
    /** Over the tab in front; tests open it so. */
    function openPopup(): Promise<void>;
  }

  namespace storage {
    interface Area {
      get(key: string): Promise<Readonly<Record<string, unknown>>>;
      set(items: Readonly<Record<string, unknown>>): Promise<void>;
      readonly onChanged: Event<(changes: Readonly<Record<string, { readonly newValue?: unknown }>>) => void>;
    }
    const local: Area;
    /** In memory, gone when the browser ends; content scripts cannot see it. */
    const session: Area;
  }

  namespace permissions {
    interface Permissions {
      readonly origins?: readonly string[];
    }
    function request(permissions: Permissions): Promise<boolean>;
    function remove(permissions: Permissions): Promise<boolean>;
    function contains(permissions: Permissions): Promise<boolean>;
    const onAdded: Event<(permissions: Permissions) => void>;
    const onRemoved: Event<(permissions: Permissions) => void>;
  }

  namespace scripting {
    interface RegisteredContentScript {
      readonly id: string;
      readonly matches: readonly string[];
      readonly js: readonly string[];
      readonly runAt: 'document_start';
    }
    function registerContentScripts(scripts: readonly RegisteredContentScript[]): Promise<void>;
    function unregisterContentScripts(filter: { readonly ids: readonly string[] }): Promise<void>;
    function getRegisteredContentScripts(): Promise<readonly RegisteredContentScript[]>;
    function executeScript(injection: {
      readonly target: { readonly tabId: number };
      readonly files: readonly string[];
    }): Promise<unknown>;
  }

  namespace tabs {
    interface Tab {
      readonly id?: number;
      /** Present where the extension may see it. */
      readonly url?: string;
    }
    function query(filter: {
      readonly active?: boolean;
      readonly currentWindow?: boolean;
      readonly url?: readonly string[];
    }): Promise<readonly Tab[]>;
  }

  namespace offscreen {
    function hasDocument(): Promise<boolean>;
    function closeDocument(): Promise<void>;
    function createDocument(document: {
      readonly url: string;
      readonly reasons: readonly string[];
      readonly justification: string;
    }): Promise<void>;
  }
}
