import { PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { signOut, useSession } from "@/lib/api/session";
import { consultant, seeker, signedIn } from "@/test/people";
import { show } from "@/test/screen";
import { useSubmit } from "./form";

/** A page with a form whose words are kept, and one of whose fields one is a password; only for who is signed in. */
function Page() {
  const user = useSession((state) => state.user);
  return (
    user && (
      <>
        <Words />
        <Secrets />
      </>
    )
  );
}

function Words() {
  const form = useForm({ initialValues: { words: "" } });
  useSubmit(form, () => Promise.resolve(), { draft: "words" });
  return <TextInput label="Words" {...form.getInputProps("words")} />;
}

function Secrets() {
  const form = useForm({ initialValues: { address: "", current_password: "" } });
  useSubmit(form, () => Promise.resolve(), { draft: "secrets" });
  return (
    <>
      <TextInput label="Address" {...form.getInputProps("address")} />
      <PasswordInput label="Secret" {...form.getInputProps("current_password")} />
    </>
  );
}

async function typed() {
  signedIn(seeker);
  const { user } = show(<Page />);
  await user.type(screen.getByLabelText("Words"), "My roses look sad");
  await user.type(screen.getByLabelText("Address"), "sam@example.com");
  await user.type(screen.getByLabelText("Secret"), "a few words");
}

const serverEndsSession = () => act(() => signOut(true));
const logIn = (user = seeker) => act(() => signedIn(user));

it("what was typed when the session ended is there after logging in again, but for passwords", async () => {
  await typed();
  serverEndsSession();
  expect(screen.queryByLabelText("Words")).not.toBeInTheDocument();
  logIn();
  expect(screen.getByLabelText("Words")).toHaveValue("My roses look sad");
  expect(screen.getByLabelText("Address")).toHaveValue("sam@example.com");
  expect(screen.getByLabelText("Secret")).toHaveValue("");
});

it("and is there once: a form that is opened anew begins empty", async () => {
  await typed();
  serverEndsSession();
  logIn();
  act(() => signOut());
  logIn();
  expect(screen.getByLabelText("Words")).toHaveValue("");
});

it("nobody else who logs in gets it, nor its writer after them", async () => {
  await typed();
  serverEndsSession();
  logIn(consultant);
  expect(screen.getByLabelText("Words")).toHaveValue("");
  act(() => signOut());
  logIn();
  expect(screen.getByLabelText("Words")).toHaveValue("");
});

it("who logs out leaves nothing behind", async () => {
  await typed();
  act(() => signOut());
  logIn();
  expect(screen.getByLabelText("Words")).toHaveValue("");
});
