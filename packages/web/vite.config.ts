import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the emulator and the gateway can each serve their page at `/`.
  base: "./",
  plugins: [react()],
  // The workspace's packages are read as source: this build needs no other build before it.
  resolve: { conditions: ["source", ...defaultClientConditions] },
  build: {
    target: "es2023",
    // The first browsers with `light-dark()`: written in other words it would not follow a part's own colours.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Both keep the pages within `script-src 'self'; font-src 'self'`: no inline script, no data: font.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { phone: "phone.html", console: "console.html" } },
  },
});
