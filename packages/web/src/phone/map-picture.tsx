/** A picture of some map with a pin in its middle. No real map: this page talks to nobody but the emulator. */
export function MapPicture() {
  return (
    <svg
      className="map"
      viewBox="0 0 320 160"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <rect width="320" height="160" className="map-land" />
      <path className="map-water" d="M0 128c46-18 84 6 128-6s70-34 108-28 54 26 84 18v48H0z" />
      <path className="map-park" d="M214 0h106v58l-62 18z" />
      <path className="map-park" d="M22 14h52l8 40-58 8z" />
      <g className="map-streets">
        <path d="M-10 76 330 34M-10 118 190 66M96-10l38 180M196-10l44 180M44-10 70 170M270-10l18 180" />
      </g>
      <path className="map-road" d="M-10 96C70 84 120 92 170 74S270 10 330 6" />
      <g transform="translate(160 74)">
        <ellipse cx="0" cy="2" rx="9" ry="3" className="map-shade" />
        <path className="map-pin" d="M0 0c-9-12-14-19-14-27a14 14 0 1 1 28 0C14-19 9-12 0 0z" />
        <circle cy="-27" r="5" className="map-hole" />
      </g>
    </svg>
  );
}
