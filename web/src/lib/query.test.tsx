import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { show } from "@/test/screen";
import { useFreshQuery, useQuery } from "./query";

let fetchName: () => Promise<string>;

function Name() {
  const name = useQuery({ queryKey: ["name"], queryFn: () => fetchName() });
  // @ts-expect-error: a failed refetch sets it though there is an answer.
  void name.isError;
  if (name.isPending) return <p>Loading</p>;
  if (name.isLoadingError) return <p>{name.error.message}</p>;
  // Known to be there.
  const data: string = name.data;
  return <input aria-label={data} />;
}

it("an answer stays, with what was typed beside it, when it cannot be asked for again", async () => {
  fetchName = () => Promise.resolve("Name");
  const { user, queries, refetch } = show(<Name />);
  await user.type(await screen.findByLabelText("Name"), "Sam");
  fetchName = () => Promise.reject(new Error("Lost"));
  await refetch();
  expect(queries.getQueryState(["name"])?.status).toBe("error");
  expect(screen.getByLabelText("Name")).toHaveValue("Sam");
});

it("a failure is shown where there is no answer", async () => {
  fetchName = () => Promise.reject(new Error("Lost"));
  show(<Name />);
  expect(await screen.findByText("Lost")).toBeVisible();
});

/** The name, and on demand a form that starts from it. */
function Editable() {
  const [editing, setEditing] = useState(false);
  return (
    <>
      <Name />
      {editing ? <Form /> : <button onClick={() => setEditing(true)}>Edit</button>}
    </>
  );
}

function Form() {
  const name = useFreshQuery({ queryKey: ["name"], queryFn: () => fetchName(), staleTime: Infinity });
  if (name.isPending) return <p>Asking again</p>;
  if (name.isLoadingError) return <button onClick={() => void name.refetch()}>Try again</button>;
  return <input aria-label="The name" defaultValue={name.data} />;
}

it("a form does not start from an answer that is in memory, also when it cannot be asked for again", async () => {
  fetchName = () => Promise.resolve("Before");
  const { user, refetch } = show(<Editable />);
  await screen.findByLabelText("Before");
  let fail = (_: Error) => {};
  fetchName = () => new Promise((_, failed) => (fail = failed));
  await user.click(screen.getByRole("button", { name: "Edit" }));
  expect(screen.getByText("Asking again")).toBeVisible();
  fail(new Error("Lost"));
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(screen.queryByLabelText("The name")).not.toBeInTheDocument();
  fetchName = () => Promise.resolve("After");
  fail(new Error("Lost"));
  await refetch();
  const field = await screen.findByLabelText("The name");
  expect(field).toHaveValue("After");
  // From now on it stays, whatever becomes of further requests.
  await user.type(field, "!");
  fetchName = () => Promise.reject(new Error("Lost"));
  await refetch();
  expect(field).toHaveValue("After!");
  expect(field).toBeVisible();
});
