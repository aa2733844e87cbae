/** How long the storm lasts, in seconds: short with all tests, two minutes with `npm run chaos`. */
export const stormSeconds = Number(process.env["RICHLINE_CHAOS_SECONDS"] ?? 12);
