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

/** As Mantine's buttons are while their request is under way. */
async function wait(button: HTMLButtonElement) {
  button.dataset["loading"] = "true";
  button.disabled = true;
  await noticed();
}

async function goOn(button: HTMLButtonElement, { disabled = false } = {}) {
  delete button.dataset["loading"];
  button.disabled = disabled;
  await noticed();
}

describe("a button that waits for its request", () => {
  it("has the focus again afterwards", async () => {
    const button = render("<button>Send</button>");
    await wait(button);
    // As browsers do with what is disabled, and jsdom does not.
    button.blur();
    await goOn(button);
    expect(button).toHaveFocus();
  });

  it("leaves the focus to its dialog meanwhile, so that Tab stays in it", async () => {
    const button = render('<div role="dialog" tabindex="-1"><button>Send</button></div>');
    await wait(button);
    expect(document.querySelector("[role=dialog]")).toHaveFocus();
    await goOn(button);
    expect(button).toHaveFocus();
  });

  it("takes it from nobody who has gone on to something else meanwhile", async () => {
    const button = render("<button>Send</button><input />");
    const input = document.querySelector("input") as HTMLInputElement;
    await wait(button);
    input.focus();
    await goOn(button);
    expect(input).toHaveFocus();
  });

  it("gets none that it did not have", async () => {
    const button = render("<button>Send</button>");
    button.blur();
    fireEvent.click(button);
    await wait(button);
    await goOn(button);
    expect(document.body).toHaveFocus();
  });

  it("leaves it to what is around it when nothing is left to do with it", async () => {
    const button = render('<div id="actions"><button>Save</button></div>');
    await wait(button);
    button.blur();
    await goOn(button, { disabled: true });
    expect(document.querySelector("#actions")).toHaveFocus();
    await goOn(button);
    expect(document.querySelector("#actions")).toHaveFocus();
  });
});

describe("what is removed while it has the focus", () => {
  const page = (content: string) => `<div><main tabindex="-1"><section>${content}</section></main></div>`;
  const find = (selector: string) => document.querySelector<HTMLElement>(selector);
  const remove = async (selector: string) => {
    find(selector)?.remove();
    await noticed();
  };

  it("leaves the focus to the innermost of what was around it", async () => {
    render(page('<p id="actions"><button>Accept</button></p>'));
    await remove("button");
    expect(find("#actions")).toHaveFocus();
    await remove("#actions");
    expect(find("section")).toHaveFocus();
    await remove("section");
    expect(find("main")).toHaveFocus();
  });

  it("leaves it to what is marked as the place for that", async () => {
    render(page('<div id="panel" tabindex="-1"><p><button>Join</button></p></div>'));
    await remove("button");
    expect(find("#panel")).toHaveFocus();
  });

  it("leaves it there also after it was disabled for its request", async () => {
    const button = render(page("<button>Accept</button>"));
    await wait(button);
    button.blur();
    await remove("button");
    expect(find("section")).toHaveFocus();
  });

  it("stays in its dialog", async () => {
    render(`${page("")}<div id="portal"><div role="dialog"><button>Mark all read</button></div></div>`);
    await remove("button");
    expect(find("[role=dialog]")).toHaveFocus();
  });

  it("is also what a dialog was opened with, when that is closed", async () => {
    render(`${page('<p id="actions"><button>Decline</button></p>')}<div role="dialog"><input></div>`);
    find("input")?.focus();
    await remove("button");
    expect(find("input")).toHaveFocus();
    await remove("[role=dialog]");
    expect(find("#actions")).toHaveFocus();
  });

  it("is a dialog, which leaves the focus to what it was opened with", async () => {
    const button = render(
      `${page("<button>Ask</button>")}<div><div role="dialog" tabindex="-1"></div></div>`,
    );
    find("[role=dialog]")?.focus();
    await remove("[role=dialog]");
    expect(button).toHaveFocus();
  });

  it("leaves it to nothing when somebody has clicked beside it before", async () => {
    const button = render(page("<button>Accept</button>"));
    button.blur();
    await noticed();
    await remove("button");
    expect(document.body).toHaveFocus();
  });
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

  it("leaves the focus to what the list was in when there is nothing to add with", async () => {
    render(`<main tabindex="-1"><section data-rows><ul data-rows>${row("a")}</ul></section></main>`);
    await remove(document.querySelector("ul"));
    expect(document.querySelector("section")).toHaveFocus();
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
