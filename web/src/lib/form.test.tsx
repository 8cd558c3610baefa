import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ApiProblem, NoAnswer } from "@/lib/api/problem";
import { show } from "@/test/screen";
import { named, useSubmit } from "./form";

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
