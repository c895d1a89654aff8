// A chat page as the large sites build theirs: an editor with a model of its own, Enter and a button that send, and
// answers that stream into the page. What it was given is in `received`.
globalThis.received = [];
const { editor: kind, turn: turnHtml, path } = document.currentScript.dataset;
const log = document.querySelector('#log');

function turn(role, text) {
  const frame = document.createElement('template');
  frame.innerHTML = turnHtml.replaceAll('ROLE', role);
  const element = frame.content.firstElementChild;
  log.append(element);
  const paragraph = document.createElement('p');
  const node = document.createTextNode(text);
  paragraph.append(node);
  element.append(paragraph);
  return node;
}

/** Grows as a framework would let it: the text node is given its whole text anew. */
function answer(text) {
  const node = turn('assistant', '');
  let shown = 0;
  const grow = () => {
    shown += 7;
    node.nodeValue = text.slice(0, shown);
    if (shown < text.length) setTimeout(grow, 15);
  };
  grow();
}

function send(text) {
  if (text.trim() === '') return;
  globalThis.received.push(text);
  turn('user', text);
  if (path) history.pushState(null, '', path);
  answer(`You wrote: ${text} That is all.`);
}

/** Plain text area whose page keeps the value: as in React, what was typed comes back from the model. */
function controlled(area) {
  let value = '';
  area.addEventListener('input', () => {
    value = area.value;
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  const submit = () => {
    send(value);
    value = '';
    area.value = '';
  };
  return submit;
}

/** Takes what the browser typed into its document, as ProseMirror and Quill do, and draws that anew. Pastes by itself. */
function reading(element) {
  let lines = [''];
  const draw = () => {
    observer.disconnect();
    element.replaceChildren(
      ...lines.map((line) => {
        const paragraph = document.createElement('p');
        paragraph.append(line === '' ? document.createElement('br') : line);
        return paragraph;
      }),
    );
    watch();
  };
  const read = () => {
    const paragraphs = [...element.querySelectorAll('p')];
    lines = paragraphs.length === 0 ? [element.textContent] : paragraphs.map(({ textContent }) => textContent);
  };
  const observer = new MutationObserver(read);
  const watch = () => observer.observe(element, { childList: true, subtree: true, characterData: true });
  const insert = (event, data) => {
    event.preventDefault();
    read();
    const pasted = data.getData('text/plain').split('\n');
    lines = [...lines.slice(0, -1), `${lines.at(-1)}${pasted[0]}`, ...pasted.slice(1)];
    draw();
    getSelection().selectAllChildren(element);
    getSelection().collapseToEnd();
  };
  element.addEventListener('paste', (event) => insert(event, event.clipboardData));
  element.addEventListener('drop', (event) => insert(event, event.dataTransfer));
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  draw();
  const submit = () => {
    read();
    send(lines.join('\n'));
    lines = [''];
    draw();
  };
  return submit;
}

/** Lets the browser change nothing, as Lexical does: every input event is carried out on the model, then drawn. */
function intercepting(element) {
  let text = '';
  const draw = (caret) => {
    const paragraph = document.createElement('p');
    const span = document.createElement('span');
    span.dataset.lexicalText = 'true';
    span.append(text);
    paragraph.append(text === '' ? document.createElement('br') : span);
    element.replaceChildren(paragraph);
    if (document.activeElement === element && text !== '') getSelection().collapse(span.firstChild, caret);
  };
  const selected = () => {
    const { anchorNode, anchorOffset, focusOffset, isCollapsed } = getSelection();
    // Firefox selects all of it by its elements.
    if (!(anchorNode instanceof Text)) return [isCollapsed ? text.length : 0, text.length];
    return [Math.min(anchorOffset, focusOffset), Math.max(anchorOffset, focusOffset)];
  };
  const replace = (data) => {
    const [start, end] = selected();
    text = text.slice(0, start) + data + text.slice(end);
    draw(start + data.length);
  };
  element.addEventListener('beforeinput', (event) => {
    if (event.isComposing) return;
    event.preventDefault();
    if (event.inputType === 'insertText' || event.inputType === 'insertReplacementText') replace(event.data ?? '');
    else if (event.inputType === 'deleteContentBackward') {
      const [start, end] = selected();
      if (start === end) text = text.slice(0, -1);
      else replace('');
      draw(text.length);
    }
  });
  element.addEventListener('compositionend', () => {
    text = element.textContent;
  });
  for (const name of ['paste', 'drop'])
    element.addEventListener(name, (event) => {
      event.preventDefault();
      replace((event.clipboardData ?? event.dataTransfer).getData('text/plain'));
    });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  draw(0);
  const submit = () => {
    send(text);
    text = '';
    draw(0);
  };
  return submit;
}

/** A text area two open shadow trees down. */
function shadowed(host) {
  const outer = host.attachShadow({ mode: 'open' });
  const inner = document.createElement('chat-input');
  outer.append(inner);
  const tree = inner.attachShadow({ mode: 'open' });
  tree.innerHTML =
    '<label>Message <textarea></textarea></label><button type="button" aria-label="Send it">Send</button>';
  const submit = controlled(tree.querySelector('textarea'));
  tree.querySelector('button').addEventListener('click', submit);
  return () => {};
}

const composer = document.querySelector('[data-composer]');
const submit = { controlled, reading, intercepting, shadowed }[kind](composer);
document.querySelector('[data-send]')?.addEventListener('click', submit);
