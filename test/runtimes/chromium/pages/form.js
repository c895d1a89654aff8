// A page that sends by script: what its own handler saw, in order, is in `globalThis.sent`.
const { openGuard, guardForm } = await import(new URL('./edgeward/browser.js', import.meta.url).href);
const form = document.forms[0];
globalThis.sent = [];
form.addEventListener('submit', (event) => {
  event.preventDefault();
  globalThis.sent.push(Object.fromEntries(new FormData(form, event.submitter)));
});
globalThis.start = (options, formOptions = {}) => {
  globalThis.guard = openGuard({ base: 'edgeward/', transformer: 'off', ...options });
  globalThis.handle = guardForm(form, { guard: globalThis.guard, ...formOptions });
};
