import { fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/test/screen";
import { Avatar, photoAt } from "./person";

const PHOTO = "/photos/c.0123.640.webp";
const cora = { first_name: "Cora", last_name: "Consult" };

it("is the photo in a size that is sharp on a dense screen", () => {
  expect([44, 84, 300].map((size) => photoAt(PHOTO, size))).toEqual([
    "/photos/c.0123.96.webp",
    "/photos/c.0123.256.webp",
    PHOTO,
  ]);
});

it("is the initials where there is no photo, or it cannot be loaded", () => {
  show(<Avatar person={{ ...cora, photo_url: PHOTO }} />);
  const photo = document.querySelector("img");
  expect(photo).toHaveAttribute("alt", "");
  fireEvent.error(photo as HTMLImageElement);
  expect(screen.getByText("CC")).toBeInTheDocument();
});
