import { fireEvent } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

describe("in a list, the row that is removed", () => {
  const row = (name: string) => `<li><button data-row aria-label="${name}"></button></li>`;
  const list = (...names: string[]) =>
    `<section data-rows><ul data-rows>${names.map(row).join("")}</ul><button data-row-add>Add</button></section>`;
  const button = (name: string) => document.querySelector<HTMLElement>(`[aria-label=${name}]`);
  const add = () => document.querySelector("[data-row-add]");
  const remove = async (element: Element | null | undefined) => {
    element?.remove();
    await noticed();
  };

  it("leaves the focus to the one after it", async () => {
    render(list("a", "b", "c"));
    button("b")?.focus();
    await remove(button("b")?.parentElement);
    expect(button("c")).toHaveFocus();
    await remove(button("c")?.parentElement);
    expect(button("a")).toHaveFocus();
    await remove(button("a")?.parentElement);
    expect(add()).toHaveFocus();
  });

  it("is found by where it was in the end, when others have gone before it", async () => {
    render(list("a", "b", "c", "d"));
    button("c")?.focus();
    await remove(button("a")?.parentElement);
    await remove(button("c")?.parentElement);
    expect(button("d")).toHaveFocus();
  });

  it("may take the list with it", async () => {
    render(list("a"));
    await remove(document.querySelector("ul"));
    expect(add()).toHaveFocus();
  });

  it("leaves the focus to the page when there is nothing to add with", async () => {
    render(`<main tabindex="-1"><section data-rows><ul data-rows>${row("a")}</ul></section></main>`);
    await remove(document.querySelector("ul"));
    expect(document.querySelector("main")).toHaveFocus();
  });

  it("leaves it to the chosen one of the fields in place of a button", async () => {
    const fields = '<input type="radio" name="x"><input type="radio" name="x" checked>';
    render(`<section data-rows><ul data-rows>${row("a")}</ul><div data-row-add>${fields}</div></section>`);
    await remove(document.querySelector("ul"));
    expect(document.querySelector("input:checked")).toHaveFocus();
  });

  it("is still where one is while a dialog asks about it", async () => {
    render(`${list("a", "b")}<div role="dialog"><button id="yes">Remove</button></div>`);
    document.querySelector<HTMLElement>("#yes")?.focus();
    await remove(button("a")?.parentElement);
    expect(document.querySelector("#yes")).toHaveFocus();
    await remove(document.querySelector("[role=dialog]"));
    expect(button("b")).toHaveFocus();
  });

  it("takes the focus from nobody who has gone on to something else", async () => {
    render(`${list("a", "b")}<input>`);
    document.querySelector("input")?.focus();
    await remove(button("a")?.parentElement);
    expect(document.querySelector("input")).toHaveFocus();
    document.querySelector("input")?.blur();
    await remove(button("b")?.parentElement);
    expect(document.body).toHaveFocus();
  });
});
