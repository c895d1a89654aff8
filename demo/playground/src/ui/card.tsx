/**
 * A titled box of the page.
 *
 * @module
 */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface CardProps {
  readonly title: string;
  /** Stands at the right of the title. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Card({ title, aside, class: className = '', children }: CardProps): JSX.Element {
  const id = useId();
  return (
    <section class={`card ${className}`} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      <div class="card-body">{children}</div>
    </section>
  );
}

export interface NoticeProps {
  readonly tone: 'block' | 'doubt' | 'accent';
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

export function Notice({ tone, icon = 'warning', children }: NoticeProps): JSX.Element {
  return (
    <div class="notice" data-tone={tone} role={tone === 'block' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}
