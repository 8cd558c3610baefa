import { afterEach, beforeEach, expect, it } from "vitest";
import { announceChoice, readIn } from "./locale";

const forget = () => {
  localStorage.clear();
  document.cookie = "language=; Path=/; Max-Age=0";
  readIn("en");
  localStorage.clear();
  document.cookie = "language=; Path=/; Max-Age=0";
};

beforeEach(forget);
afterEach(forget);

it("tells the gateway nothing until a language is chosen", () => {
  announceChoice();
  expect(document.cookie).toBe("");
});

it("tells the gateway the language that was chosen, and the next one in its stead", () => {
  readIn("ar");
  expect(document.cookie).toBe("language=ar");
  readIn("de");
  expect(document.cookie).toBe("language=de");
});

it("tells it of a choice that was made before there was a cookie", () => {
  localStorage.setItem("cc.language", "de");
  announceChoice();
  expect(document.cookie).toBe("language=de");
});
