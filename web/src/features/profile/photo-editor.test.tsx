import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DialogActions } from "@/components/ui/dialog";
import { consultant, expert, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import type { Props as CropProps } from "./crop-photo";
import { outputSide, readPicture } from "./crop";
import { PhotoEditor } from "./photo-editor";

vi.mock("./crop-photo", () => ({
  default: ({ onCropped, busy, problem }: Pick<CropProps, "onCropped" | "busy" | "problem">) => (
    <DialogActions busy={busy}>
      <button onClick={() => onCropped(new Blob(["jpeg"], { type: "image/jpeg" }))}>Save photo</button>
      {problem && <p role="alert">{problem}</p>}
    </DialogActions>
  ),
}));
vi.mock("./crop", async (original) => ({
  ...(await original<typeof import("./crop")>()),
  readPicture: vi.fn(),
}));

const PHOTO = "/consultants/me/photo";
const URL_OF_PHOTO = "/photos/consultant-1.0123.640.webp";
const file = (name: string, type: string) => new File(["x"], name, { type });

function shown(routes: Parameters<typeof server>[0], photo_url: string | null = null) {
  signedIn(consultant);
  const api = server({ "GET /consultants": page(), ...routes });
  const { user, queries } = show(<PhotoEditor profile={{ ...expert, photo_url }} />);
  const input = document.querySelector<HTMLInputElement>('input[type="file"]');
  if (!input) throw new Error("There is no field for a file.");
  return { ...api, user, queries, input };
}

beforeEach(() => {
  vi.mocked(readPicture).mockResolvedValue(Object.assign(document.createElement("img"), { src: "blob:x" }));
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => {} }));
});

describe("a consultant's photo", () => {
  it("is chosen, cropped and sent as it was cropped", async () => {
    const { user, input, to, queries } = shown({
      [`PUT ${PHOTO}`]: { photo_url: URL_OF_PHOTO, sizes: { "640": URL_OF_PHOTO } },
    });
    await user.upload(input, file("me.png", "image/png"));
    await user.click(await screen.findByRole("button", { name: "Save photo" }));
    await waitFor(() => expect(to("PUT", PHOTO)).toHaveLength(1));
    expect(to("PUT", PHOTO)[0]?.headers.get("Content-Type")).toBe("image/jpeg");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(queries.getQueryData(["directory", "profile", expert.consultant_id])).toMatchObject({
      photo_url: URL_OF_PHOTO,
    });
  });

  it("cannot be given up while it is sent, since it is saved all the same", async () => {
    let answer = (_: Response) => {};
    const { user, input } = shown({
      [`PUT ${PHOTO}`]: () => new Promise<Response>((done) => (answer = done)),
    });
    await user.upload(input, file("me.png", "image/png"));
    await user.click(await screen.findByRole("button", { name: "Save photo" }));
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.getByRole("dialog")).toBeVisible();
    answer(Response.json({ photo_url: URL_OF_PHOTO, sizes: {} }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("stays in the dialog when the server refuses it, and says why", async () => {
    const { user, input } = shown({ [`PUT ${PHOTO}`]: problem(400, "not_an_image") });
    await user.upload(input, file("me.png", "image/png"));
    await user.click(await screen.findByRole("button", { name: "Save photo" }));
    expect(await screen.findByText(/isn’t a picture that we can show/)).toBeVisible();
    expect(screen.getByRole("dialog")).toBeVisible();
  });

  it("cannot be what no browser can read", async () => {
    vi.mocked(readPicture).mockRejectedValue(new Error("broken"));
    const { user, input } = shown({});
    await user.upload(input, file("me.png", "image/png"));
    expect(await screen.findByRole("alert")).toHaveTextContent("can’t be read");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("is removed, and initials are shown again", async () => {
    const { user, to } = shown({ [`DELETE ${PHOTO}`]: null }, URL_OF_PHOTO);
    await user.click(screen.getByRole("button", { name: "Remove photo" }));
    await waitFor(() => expect(to("DELETE", PHOTO)).toHaveLength(1));
    expect(await screen.findByText("Your photo is removed.")).toBeVisible();
  });
});

it("is sent no larger than it was taken, and never larger than is of use", () => {
  expect(outputSide({ x: 0, y: 0, width: 300.4, height: 300.4 })).toBe(300);
  expect(outputSide({ x: 0, y: 0, width: 5000, height: 5000 })).toBe(1280);
});
