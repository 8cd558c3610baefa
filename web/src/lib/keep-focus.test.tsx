import { fireEvent } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepFocus } from "./keep-focus";

let stop: () => void;

beforeEach(() => {
  stop = keepFocus();
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
});

function render(html: string): HTMLButtonElement {
  document.body.innerHTML = html;
  const button = document.querySelector("button") as HTMLButtonElement;
  button.focus();
  return button;
}

const noticed = () => Promise.resolve();

it("a button that was disabled for a while has the focus again", async () => {
  const button = render("<button>Send</button>");
  button.disabled = true;
  await noticed();
  // As browsers do with what is disabled, and jsdom does not.
  button.blur();
  button.disabled = false;
  await noticed();
  expect(button).toHaveFocus();
});

it("its dialog has the focus meanwhile, so that Tab stays in it", async () => {
  const button = render('<div role="dialog" tabindex="-1"><button>Send</button></div>');
  button.disabled = true;
  await noticed();
  expect(document.querySelector("[role=dialog]")).toHaveFocus();
  button.disabled = false;
  await noticed();
  expect(button).toHaveFocus();
});

it("who has gone on to something else meanwhile stays there", async () => {
  const button = render("<button>Send</button><input />");
  const input = document.querySelector("input") as HTMLInputElement;
  button.disabled = true;
  await noticed();
  input.focus();
  button.disabled = false;
  await noticed();
  expect(input).toHaveFocus();
});

it("a button that did not have the focus gets none", async () => {
  const button = render("<button>Send</button>");
  button.blur();
  fireEvent.click(button);
  button.disabled = true;
  await noticed();
  button.disabled = false;
  await noticed();
  expect(document.body).toHaveFocus();
});
