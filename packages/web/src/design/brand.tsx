/** The product's mark and name. */
export function Brand({ name }: { readonly name: string }) {
  return (
    <p className="brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="9" className="brand-tile" />
        <path
          className="brand-bubble"
          d="M8 10.5A3.5 3.5 0 0 1 11.5 7h9a3.5 3.5 0 0 1 3.5 3.5v6a3.5 3.5 0 0 1-3.5 3.5H14l-4.3 4.3A1 1 0 0 1 8 23.6Z"
        />
        <path className="brand-lines" d="M12 11.8h8M12 15.3h5" />
      </svg>
      <span>
        <strong>Richline</strong> {name}
      </span>
    </p>
  );
}
