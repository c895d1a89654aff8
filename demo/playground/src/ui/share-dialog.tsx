/**
 * A link that holds the page's state, behind the sign that browsers keep to themselves.
 *
 * @module
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Shared, toFragment } from '../share.ts';
import { grouped } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';

export interface ShareDialogProps {
  readonly state: Shared;
  readonly onClose: () => void;
}

/** Longer links break in chats and mail programs. */
const LONG_LINK = 8000;

export function ShareDialog({ state, onClose }: ShareDialogProps): JSX.Element {
  const [withText, setWithText] = useState(true);
  const [link, setLink] = useState('');
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  useEffect(() => {
    let stale = false;
    void toFragment(withText ? state : { ...state, text: '' }).then((fragment) => {
      if (stale) return;
      setCopied('no');
      setLink(new URL(fragment, location.href).href);
    });
    return () => {
      stale = true;
    };
  }, [state, withText]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      setCopied('yes');
    } catch {
      setCopied('failed'); // the link stands in the field, to be copied by hand
    }
  }

  return (
    <Dialog title="Share this state" onClose={onClose}>
      <div class="share">
        <p>
          The link holds the text, the channel and both policies after its <code>#</code>. Browsers never send that part
          to a server, so the text goes only where you send the link; but whoever has the link can read it.
        </p>
        <label class="row">
          <input
            type="checkbox"
            checked={withText}
            onChange={({ currentTarget }) => setWithText(currentTarget.checked)}
          />
          Include the text
        </label>
        <div class="share-link">
          <input
            class="input mono"
            aria-label="Link"
            readOnly
            value={link}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <button type="button" class="button primary" onClick={() => void copy()}>
            <Icon name="copy" /> Copy
          </button>
        </div>
        <p class="small quiet" role="status">
          {copied === 'yes' && 'Copied.'}
          {copied === 'failed' && 'The browser did not allow copying: take the link from the field.'}
          {copied === 'no' &&
            `${grouped(link.length)} characters${link.length > LONG_LINK ? ': some programs cut links of this length' : ''}`}
        </p>
      </div>
    </Dialog>
  );
}
