import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/roboto/wght.css";
import "../design/tokens.css";
import "../design/base.css";
import "../design/controls.css";
import "./console.css";
import "./drawer.css";
import { ConsoleApp } from "./console-app.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("console.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <ConsoleApp />
  </StrictMode>,
);
