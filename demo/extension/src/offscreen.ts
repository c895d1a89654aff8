/** Chromium's offscreen document, which nobody sees. */
import { startHost } from './host.ts';

startHost();
