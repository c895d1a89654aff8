/**
 * One of a few, side by side: radio buttons that look like a switch.
 *
 * @module
 */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

export interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** Defaults to the option's own name. */
  readonly nameOf?: (option: T) => string;
}

export function Choices<T extends string>({ label, options, value, onChange, nameOf }: ChoicesProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {options.map((option) => (
        <label key={option}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => onChange(option)} />
          <span>{nameOf?.(option) ?? option}</span>
        </label>
      ))}
    </fieldset>
  );
}

export interface PickProps<T extends string> extends ChoicesProps<T> {
  readonly hideLabel?: boolean;
}

/** The same as a menu, where there are many or little room. */
export function Pick<T extends string>({
  label,
  options,
  value,
  onChange,
  nameOf,
  hideLabel = false,
}: PickProps<T>): JSX.Element {
  return (
    <label class="pick">
      <span class={hideLabel ? 'unseen' : ''}>{label}</span>
      <select class="select" value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as T)}>
        {options.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {nameOf?.(option) ?? option}
          </option>
        ))}
      </select>
    </label>
  );
}
