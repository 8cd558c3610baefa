import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { show } from "@/test/screen";
import * as zones from "@/lib/zone";
import { ZoneSelect } from "./zone-select";

test("the zones are listed once the list is opened", async () => {
  const listed = vi.spyOn(zones, "zoneOptions");
  const chosen = vi.fn();
  show(<ZoneSelect aria-label="Time zone" value="Europe/Berlin" onChange={chosen} />);
  const field = screen.getByRole("combobox", { name: "Time zone" });
  expect(field).toHaveValue("Berlin (Europe)");
  expect(listed).not.toHaveBeenCalled();
  await userEvent.clear(field);
  await userEvent.type(field, "Kolk");
  await userEvent.click(await screen.findByRole("option", { name: /Kolkata/ }));
  expect(chosen).toHaveBeenCalledWith("Asia/Kolkata");
});
