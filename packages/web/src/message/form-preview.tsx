import { Icon } from "../design/icon.tsx";
import type { FormView } from "./content-view.ts";

/** A form before it is turned into what a carrier can carry: the console shows it, a handset never gets it. */
export function FormPreview({ form }: { readonly form: FormView }) {
  return (
    <article className="card" data-layout="vertical" data-testid="card" aria-label={form.title}>
      <div className="card-content">
        <h3 className="card-title">{form.title}</h3>
        {form.description && <p className="card-description">{form.description}</p>}
        <ul className="form-fields">
          {form.fields.map((field, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the fields of a form never change.
            <li key={position} className="form-field">
              {field.label}
              {field.required && <span className="form-required">required</span>}
            </li>
          ))}
        </ul>
        <ul className="card-actions">
          <li>
            <button type="button" className="card-action" disabled>
              <Icon name="form" size={18} />
              <span>{form.submitLabel}</span>
            </button>
          </li>
        </ul>
      </div>
    </article>
  );
}
