// A chat that sends on Enter and by a button, as the large ones do; one more in a shadow tree.
const { openGuard, guardTextarea } = await import(new URL('./edgeward/browser.js', import.meta.url).href);
globalThis.sent = [];

function chat(editor, button) {
  const send = () => {
    globalThis.sent.push(editor.value ?? editor.textContent.trim());
    if (editor.value === undefined) editor.replaceChildren(document.createElement('p'));
    else editor.value = '';
    editor.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  editor.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  button.addEventListener('click', send);
}

const editor = document.querySelector('#editor');
const button = document.querySelector('#send');
const root = document.querySelector('#host').attachShadow({ mode: 'open' });
const area = document.createElement('textarea');
area.setAttribute('aria-label', 'Message in a shadow tree');
const inner = document.createElement('button');
inner.textContent = 'Send from the shadow tree';
root.append(area, inner);
chat(editor, button);
chat(area, inner);
globalThis.start = (options, fieldOptions = {}) => {
  const guard = openGuard({ base: 'edgeward/', transformer: 'off', ...options });
  globalThis.guard = guard;
  globalThis.handle = guardTextarea(editor, { guard, enter: true, button: '#send', ...fieldOptions });
  globalThis.shadowHandle = guardTextarea(area, { guard, enter: true, button: inner, ...fieldOptions });
};
