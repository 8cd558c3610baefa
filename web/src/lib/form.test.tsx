import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ApiProblem, NoAnswer } from "@/lib/api/problem";
import { show } from "@/test/screen";
import { WHOLE_FORM, named, useSubmit } from "./form";

type Values = { first_name: string };

function Form({ send }: { send: (values: Values, key: string) => Promise<unknown> }) {
  const form = useForm<Values>({
    enhanceGetInputProps: named,
    initialValues: { first_name: "" },
    validate: { first_name: (value) => (value ? null : "Enter your first name") },
  });
  const { onSubmit, busy, problem } = useSubmit(form, send);
  return (
    <form onSubmit={onSubmit} noValidate>
      {problem && <p role="alert">{problem}</p>}
      <TextInput label="First name" {...form.getInputProps("first_name")} />
      <button disabled={busy}>Send</button>
    </form>
  );
}

it("what is missing is said at its field, which takes the focus, and nothing is sent", async () => {
  const send = vi.fn();
  const { user } = show(<Form send={send} />);
  await user.click(screen.getByRole("button"));
  expect(screen.getByText("Enter your first name")).toBeVisible();
  expect(screen.getByLabelText("First name")).toHaveFocus();
  expect(send).not.toHaveBeenCalled();
});

it("a value that the browser filled in without an event is sent", async () => {
  const send = vi.fn().mockResolvedValue(null);
  const { user } = show(<Form send={send} />);
  const input = screen.getByLabelText<HTMLInputElement>("First name");
  expect(input).toHaveAttribute("name", "first_name");
  // Sets the value past React, as password managers do.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, "Sam");
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(send).toHaveBeenCalledWith({ first_name: "Sam" }, expect.any(String)));
});

it("a refusal is shown at the field that it names, the rest above the form", async () => {
  const send = vi.fn().mockRejectedValue(
    new ApiProblem(400, {
      code: "validation_failed",
      errors: [
        { field: "first_name", message: "Must not be blank." },
        { field: "time_zone", message: "This is unknown." },
      ],
    }),
  );
  const { user } = show(<Form send={send} />);
  await user.type(screen.getByLabelText("First name"), "x");
  await user.click(screen.getByRole("button"));
  expect(await screen.findByText("Must not be blank")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("Time zone: This is unknown");
  expect(screen.getByLabelText("First name")).toHaveFocus();
});

it("after a lost answer the same values go out with the same key", async () => {
  const send = vi.fn().mockRejectedValueOnce(new NoAnswer("lost")).mockResolvedValue(null);
  const { user } = show(<Form send={send} />);
  await user.type(screen.getByLabelText("First name"), "Sam");
  await user.click(screen.getByRole("button"));
  expect(await screen.findByRole("alert")).toHaveTextContent("We can’t reach the server");
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(send).toHaveBeenCalledTimes(2));
  expect(send.mock.calls[1]?.[1]).toBe(send.mock.calls[0]?.[1]);
});

const refusal = (field: string) =>
  new ApiProblem(400, { code: "validation_failed", errors: [{ field, message: "Must not be blank." }] });

it("two clicks at once send once, and the next try after a refusal is a new one", async () => {
  const send = vi.fn().mockRejectedValueOnce(refusal("first_name")).mockResolvedValue(null);
  const { user } = show(<Form send={send} />);
  await user.type(screen.getByLabelText("First name"), "Sam");
  const form = screen.getByRole("button").closest("form") as HTMLFormElement;
  fireEvent.submit(form);
  fireEvent.submit(form);
  expect(await screen.findByText("Must not be blank")).toBeVisible();
  expect(send).toHaveBeenCalledTimes(1);
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(send).toHaveBeenCalledTimes(2));
  expect(screen.queryByText("Must not be blank")).not.toBeInTheDocument();
  expect(send.mock.calls[1]?.[1]).not.toBe(send.mock.calls[0]?.[1]);
});

function Twice({ send, next }: { send: () => Promise<unknown>; next?: () => void }) {
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { last: "", first: "" },
    validate: ({ last }) => (last === "" ? {} : { [WHOLE_FORM]: "Not both" }),
  });
  const { onSubmit, busy, problem } = useSubmit(form, send, { once: true, ...(next ? { next } : {}) });
  return (
    <form onSubmit={onSubmit} noValidate>
      {problem && <p role="alert">{problem}</p>}
      <TextInput label="First" {...form.getInputProps("first")} />
      <TextInput label="Last" {...form.getInputProps("last")} />
      <button disabled={busy}>Send</button>
    </form>
  );
}

it("a form that is sent once stays busy after the answer, but not after a refusal", async () => {
  const send = vi.fn().mockRejectedValueOnce(new NoAnswer("lost")).mockResolvedValue(null);
  const { user } = show(<Twice send={send} />);
  await user.click(screen.getByRole("button"));
  await screen.findByRole("alert");
  expect(screen.getByRole("button")).toBeEnabled();
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(send).toHaveBeenCalledTimes(2));
  await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
  expect(screen.getByRole("button")).toBeDisabled();
  fireEvent.submit(screen.getByRole("button").closest("form") as HTMLFormElement);
  expect(send).toHaveBeenCalledTimes(2);
});

it("the focus goes to the first bad field of the page, in whatever order the server names them", async () => {
  const errors = ["last", "first"].map((field) => ({ field, message: "Must not be blank." }));
  const send = vi.fn().mockRejectedValue(new ApiProblem(400, { code: "validation_failed", errors }));
  const { user } = show(<Twice send={send} />);
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(screen.getByLabelText("First")).toHaveFocus());
});

it("what is wrong with the form as a whole is its problem, and nothing is sent", async () => {
  const send = vi.fn();
  const { user } = show(<Twice send={send} />);
  await user.type(screen.getByLabelText("Last"), "x");
  await user.click(screen.getByRole("button"));
  expect(screen.getByRole("alert")).toHaveTextContent("Not both");
  expect(send).not.toHaveBeenCalled();
});

it("a form that has left the page meanwhile leads nowhere", async () => {
  let answer = () => {};
  const send = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
  const next = vi.fn();
  const { user, unmount } = show(<Twice send={send} next={next} />);
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(send).toHaveBeenCalled());
  unmount();
  answer();
  await new Promise((settled) => setTimeout(settled));
  expect(next).not.toHaveBeenCalled();
});

it("and leads on when it is still there", async () => {
  const next = vi.fn();
  const { user } = show(<Twice send={() => Promise.resolve("answer")} next={next} />);
  await user.click(screen.getByRole("button"));
  await waitFor(() => expect(next).toHaveBeenCalledWith("answer"));
});
