/** One look for everything: pine green and warm greys, every text at least 4.5 : 1 against what lies behind it. */
import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from "@mantine/core";
import { brandVariables } from "./brand-colors";

const pine: MantineColorsTuple = [
  "#ecf7f5",
  "#d7ece8",
  "#abd8d0",
  "#7cc3b6",
  "#55b09f",
  "#35998a",
  "#1e8072",
  "#0f6b60",
  "#0b574e",
  "#07433c",
];

const night: MantineColorsTuple = [
  "#e8ecea",
  "#ccd3d0",
  "#aab4b0",
  "#7f8a86",
  "#4b5653",
  "#37413e",
  "#29322f",
  "#1c2422",
  "#151b1a",
  "#0f1413",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 6 },
  colors: { pine, dark: night },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily:
    'Inter, "Segoe UI Variable Text", "Segoe UI", -apple-system, BlinkMacSystemFont, Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "clamp(1.6rem, 4vw, 2.1rem)", lineHeight: "1.2" } },
  },
  focusRing: "auto",
});

/** The app's own variables, those of another brand colour above them. */
export function variablesFor(color: string): CSSVariablesResolver {
  const brand = brandVariables(color);
  return (theme) => {
    const own = variables(theme);
    return {
      variables: { ...own.variables, ...brand.variables },
      light: { ...own.light, ...brand.light },
      dark: { ...own.dark, ...brand.dark },
    };
  };
}

export const variables: CSSVariablesResolver = () => ({
  variables: {
    "--cc-width": "72rem",
    // Of the window rather than of the text where both are scarce: large text on a narrow screen needs the room.
    "--cc-gutter": "clamp(min(1rem, 5vw), 4vw, 2rem)",
    "--mantine-color-placeholder": "var(--cc-quiet)",
  },
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#16201e",
    "--mantine-color-dimmed": "#55625e",
    "--mantine-color-error": "#c02626",
    "--mantine-color-anchor": "#0b5e54",
    "--mantine-color-default-border": "#d5dbd8",
    "--cc-page": "#f6f7f4",
    "--cc-card": "#ffffff",
    "--cc-line": "#e1e6e2",
    "--cc-quiet": "#62706b",
    "--cc-soft": "#eef5f2",
    "--cc-accent": "#b45309",
    "--cc-shadow": "0 1px 2px rgb(20 40 35 / 6%), 0 6px 20px rgb(20 40 35 / 5%)",
    "--cc-good-bg": "#dcf3e4",
    "--cc-good": "#11592c",
    "--cc-wait-bg": "#fdeecd",
    "--cc-wait": "#704008",
    "--cc-bad-bg": "#fde2e0",
    "--cc-bad": "#8f1d18",
    "--cc-info-bg": "#d9ecfb",
    "--cc-info": "#0b4a75",
    "--cc-idle-bg": "#e8ecea",
    "--cc-idle": "#414d49",
  },
  dark: {
    "--mantine-color-body": "#171e1c",
    "--mantine-color-text": "#e8ecea",
    "--mantine-color-dimmed": "#a9b5b0",
    "--mantine-color-error": "#ff9d96",
    "--mantine-color-anchor": "#7fd3c3",
    "--mantine-color-default-border": "#3a4542",
    "--cc-page": "#0f1413",
    "--cc-card": "#171e1c",
    "--cc-line": "#2a3431",
    "--cc-quiet": "#9aa7a2",
    "--cc-soft": "#1c2926",
    "--cc-accent": "#f5b55e",
    "--cc-shadow": "0 1px 2px rgb(0 0 0 / 40%)",
    "--cc-good-bg": "#143a24",
    "--cc-good": "#a5e6bd",
    "--cc-wait-bg": "#43310c",
    "--cc-wait": "#fbd99a",
    "--cc-bad-bg": "#4a1b19",
    "--cc-bad": "#ffc4bf",
    "--cc-info-bg": "#103650",
    "--cc-info": "#abdcff",
    "--cc-idle-bg": "#2a3431",
    "--cc-idle": "#c4cdc9",
  },
});
