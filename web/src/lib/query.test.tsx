import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/test/screen";
import { useQuery } from "./query";

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
