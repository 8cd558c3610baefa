// What a style sheet says of left and right, where it should say start and end: Arabic is read from the right.
import postcss from "postcss";

const PROPERTIES =
  /^(left|right|(margin|padding|scroll-margin|scroll-padding)-(left|right)|border-(left|right)(-\w+)?|border-(top|bottom)-(left|right)-radius)$/;
const ALIGNED = new Set(["text-align", "float", "clear"]);
const BOXES = new Set(["margin", "padding", "inset", "border-width", "border-style", "border-color"]);

/** The declarations of `css` that are about left and right, as "line: property: value". */
export function physical(css) {
  const found = [];
  postcss.parse(css).walkDecls((declaration) => {
    if (isPhysical(declaration)) {
      const { prop, value, source } = declaration;
      found.push(`${source.start.line}: ${prop}: ${value}`);
    }
  });
  return found;
}

function isPhysical({ prop, value }) {
  if (PROPERTIES.test(prop)) return true;
  if (ALIGNED.has(prop)) return /^(left|right)$/.test(value);
  const [first, second, third, fourth] = postcss.list.space(value);
  if (fourth === undefined) return false;
  // top, right, bottom, left; and the corners from the top left one on
  if (BOXES.has(prop)) return second !== fourth;
  return prop === "border-radius" && (first !== second || third !== fourth);
}
