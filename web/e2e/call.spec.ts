import { confirmed, expectMediaBothWays, join, prepare } from "./call";
import { test } from "./browser";

test("two people see and hear each other", async ({ open }) => {
  const { seeker, consultant, id } = await confirmed();
  const mine = await prepare(await open(seeker, { at: "about:blank" }));
  const theirs = await prepare(await open(consultant, { at: "about:blank" }));
  await Promise.all([mine, theirs].map((page) => page.goto(`/session/${id}`)));
  await Promise.all([mine, theirs].map(join));
  await expectMediaBothWays(mine, theirs);
});
