/** A marketplace's own colour in place of the built-in green: its shades, each readable where the app uses it. */
/** The colour that the theme is made of. */
export const BUILT_IN = "#0f6b60";
/** WCAG's contrast of text. */
const READABLE = 4.5;

type Variables = Record<"variables" | "light" | "dark", Record<string, string>>;
type Rgb = [red: number, green: number, blue: number];

/** `color` (#rrggbb) mixed with so much of white (1) or black (-1). */
export function shade(color: string, amount: number): string {
  const target = amount > 0 ? 255 : 0;
  const mixed = channels(color).map((one) => Math.round(one + (target - one) * Math.abs(amount)));
  return `#${mixed.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

/** `color` as dark as white text on it needs it, or as light as a dark page needs it. */
export function readable(color: string, on: string): string {
  const step = luminance(on) > 0.5 ? -0.04 : 0.04;
  for (let amount = 0; Math.abs(amount) < 1; amount += step) {
    const tried = shade(color, amount);
    if (contrast(tried, on) >= READABLE) return tried;
  }
  return step < 0 ? "#000000" : "#ffffff";
}

/** WCAG 2's contrast ratio, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** What stands in place of the theme's own variables; nothing for the built-in colour. */
export function brandVariables(color: string): Variables {
  if (color.toLowerCase() === BUILT_IN) return { variables: {}, light: {}, dark: {} };
  const filled = readable(color, "#ffffff");
  const shades = [0.92, 0.84, 0.66, 0.48, 0.32, 0.18, 0, 0, -0.18, -0.38].map((amount) =>
    shade(filled, amount),
  );
  const variables = Object.fromEntries(shades.map((one, index) => [`--mantine-color-pine-${index}`, one]));
  return {
    variables,
    light: {
      "--mantine-color-anchor": readable(shade(filled, -0.12), "#eef5f2"),
      "--cc-soft": shade(filled, 0.93),
    },
    dark: { "--mantine-color-anchor": readable(shade(filled, 0.5), "#1c2926") },
  };
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((one) => {
    const share = one / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): Rgb {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16)) as Rgb;
}
