// A form of custom fields: what its handler saw is in `globalThis.sent`, what the fields said in `globalThis.verdicts`.
const { openGuard, defineElements } = await import(new URL('./edgeward/browser.js', import.meta.url).href);
const form = document.forms[0];
globalThis.sent = [];
globalThis.verdicts = [];
form.addEventListener('submit', (event) => {
  event.preventDefault();
  globalThis.sent.push(Object.fromEntries(new FormData(form)));
});
form.addEventListener('edgeward-verdict', ({ detail }) => globalThis.verdicts.push(detail?.level));
globalThis.start = (options, fieldOptions = {}) => {
  globalThis.guard = openGuard({ base: 'edgeward/', transformer: 'off', ...options });
  defineElements({ guard: globalThis.guard, ...fieldOptions });
};
