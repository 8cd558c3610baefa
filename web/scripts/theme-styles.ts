/**
 * The theme's CSS variables as part of index.html, so that the gateway's first screens have their colours before the app
 * is there. They are what `MantineProvider` writes into the page a moment later.
 */
import { MantineProvider } from "@mantine/core";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import type { Plugin } from "vite";
import { theme, variables } from "../src/app/theme";

export function themeStyles(): Plugin {
  return {
    name: "theme-styles",
    transformIndexHtml: {
      order: "post",
      handler: () => [{ tag: "style", children: styles(), injectTo: "head" }],
    },
  };
}

function styles(): string {
  const provider = createElement(MantineProvider, { theme, cssVariablesResolver: variables, children: "" });
  const written = /<style data-mantine-styles="true">(.*?)<\/style>/s.exec(
    renderToStaticMarkup(provider),
  )?.[1];
  if (!written) throw new Error("MantineProvider writes its variables in another way");
  return written;
}
