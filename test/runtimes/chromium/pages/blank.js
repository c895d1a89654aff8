// Its name is built, because no compiler knows this site's paths.
globalThis.edgeward = await import(new URL('./edgeward/browser.js', import.meta.url).href);
