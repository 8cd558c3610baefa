import { expect, it } from "vitest";
import { physical } from "./styles.mjs";

const inRule = (declaration) => physical(`.a {\n  ${declaration};\n}`);

it.each([
  "margin-left: 1rem",
  "padding-right: 1rem",
  "left: 0",
  "border-left: 1px solid",
  "border-left-color: red",
  "border-top-right-radius: 4px",
  "text-align: right",
  "float: left",
  "padding: 0 0 1rem 1.5rem",
  "border-radius: 0 10px 10px 0",
])("%s knows left from right", (declaration) => {
  expect(inRule(declaration)).toEqual([`2: ${declaration}`]);
});

it.each([
  "margin-inline-start: 1rem",
  "inset-inline: 0",
  "text-align: start",
  "padding: 0 1rem",
  "padding: 0 calc(1rem - (2px + 1px)) 4rem",
  "margin: 1px 2px 3px 2px",
  "border-radius: 14px 14px 0 0",
  "transition: left 1s",
])("%s does not", (declaration) => {
  expect(inRule(declaration)).toEqual([]);
});
