import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/roboto/wght.css";
import "../design/tokens.css";
import "../design/base.css";
import "../design/controls.css";
import "./phone.css";
import "./thread.css";
import "./compose.css";
import "./handset.css";
import "./sheet.css";
import "./lock.css";
import "./ios.css";
import { restoreTheme } from "../design/use-theme.ts";
import { PhoneApp } from "./phone-app.tsx";

restoreTheme();

const root = document.getElementById("root");
if (root === null) throw new Error("phone.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <PhoneApp />
  </StrictMode>,
);
