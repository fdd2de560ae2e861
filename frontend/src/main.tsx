import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import "./styles/editing.css";
import "./styles/media.css";
import "./styles/languages.css";
import "./styles/brand.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { router } from "./router";
import { queryClient } from "./shell/queries";
import { useInterface } from "./state/interface";

/** The page's language and theme follow what was chosen. */
function dress({ theme, language }: { theme: string; language: string }) {
  const page = document.documentElement;
  page.lang = language;
  if (theme === "system") delete page.dataset["theme"];
  else page.dataset["theme"] = theme;
}

dress(useInterface.getState());
useInterface.subscribe(dress);

const place = document.getElementById("app");
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
