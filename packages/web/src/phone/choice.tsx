import { useId } from "react";

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly onChange: (value: Value) => void;
}

/** One of a few values, side by side. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{props.label}</legend>
      {props.options.map(([option, text]) => (
        <label key={option} className="choice-option">
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={option === props.value}
            onChange={() => props.onChange(option)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
