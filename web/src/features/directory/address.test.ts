import { expect, test } from "vitest";
import { expertId, expertPath } from "./address";

const grace = {
  consultant_id: "019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e",
  first_name: "Grace",
  last_name: "Hopper",
};

test("an address is the one that the gateway makes, and gives its id back", () => {
  expect(expertPath(grace)).toBe("/experts/grace-hopper-1CUmCrYKw798nGWnKqTfEM");
  expect(expertId(expertPath(grace).slice("/experts/".length))).toBe(grace.consultant_id);
  expect(expertPath({ ...grace, first_name: "Zoë", last_name: "Müller-Weiß" })).toMatch(
    /^\/experts\/zoe-muller-weiss-/,
  );
  expect(expertPath({ ...grace, first_name: "李", last_name: "小龍" })).toMatch(/^\/experts\/expert-/);
});

test("a name that makes an address as long as an id is no id", () => {
  const wilma = { ...grace, first_name: "Wilma", last_name: "Sparrow" };
  const segment = expertPath(wilma).slice("/experts/".length);
  expect(segment).toHaveLength(36);
  expect(expertId(segment)).toBe(grace.consultant_id);
});

test("old addresses, and what is none, stay as they are", () => {
  expect(expertId(grace.consultant_id)).toBe(grace.consultant_id);
  expect(expertId("nobody")).toBe("nobody");
  expect(expertId(`x-${"0".repeat(22)}`)).toBe(`x-${"0".repeat(22)}`);
});
