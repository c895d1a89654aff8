/**
 * Firefox's background page: it may have workers, so the guard lives here.
 *
 * @module
 */
import { startBackground } from './background.ts';
import { startHost } from './host.ts';

startHost();
startBackground(async () => {});
