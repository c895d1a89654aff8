/**
 * The manifest of each browser. They differ in where the guard runs.
 *
 * @module
 */
import { patternsOf, SITES } from './src/sites.ts';

export type BrowserName = 'chromium' | 'firefox';

/** Nothing from elsewhere, and nothing sent elsewhere: not even the extension could. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The name of a pixel icon of this width. */
export const iconOf = (width: number): string => `icons/icon-${width}.png`;
const ICONS = Object.fromEntries([16, 32, 48, 128].map((width) => [width, iconOf(width)]));

/** @param version as in package.json */
export function manifestOf(browser: BrowserName, version: string): object {
  return {
    manifest_version: 3,
    name: 'edgeward',
    description: 'Checks what you write to an AI chat before it is sent. Everything stays on this machine.',
    version,
    icons: ICONS,
    action: { default_popup: 'popup.html', default_icon: ICONS, default_title: 'edgeward' },
    options_ui: { page: 'options.html', open_in_tab: true },
    permissions: ['activeTab', 'scripting', 'storage', ...(browser === 'chromium' ? ['offscreen'] : [])],
    optional_host_permissions: ['https://*/*', 'http://*/*'],
    content_scripts: [{ matches: SITES.flatMap(patternsOf), js: ['content.js'], run_at: 'document_start' }],
    content_security_policy: { extension_pages: CONTENT_SECURITY_POLICY },
    ...OWN[browser],
  };
}

const OWN: Readonly<Record<BrowserName, object>> = {
  chromium: {
    minimum_chrome_version: '125',
    background: { service_worker: 'background.js', type: 'module' },
    // With these tier 2 may have threads.
    cross_origin_embedder_policy: { value: 'require-corp' },
    cross_origin_opener_policy: { value: 'same-origin' },
  },
  firefox: {
    background: { scripts: ['background.js'], type: 'module' },
    browser_specific_settings: {
      gecko: {
        id: 'edgeward@edgeward.example',
        strict_min_version: '142.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
  },
};
