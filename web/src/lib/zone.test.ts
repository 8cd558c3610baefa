import { describe, expect, it } from "vitest";
import { currentZone, isZone, zoneLabel, zoneMatches, zoneOptions } from "./zone";

const found = (typed: string) =>
  zoneOptions("UTC")
    .filter((option) => zoneMatches(option, typed))
    .map((option) => option.value);

describe("time zones", () => {
  it("are found by the beginning of a place, with spaces, without accents, by a former name", () => {
    expect(found("Kolk")).toEqual(["Asia/Kolkata"]);
    expect(found("calcutta")).toEqual(["Asia/Kolkata"]);
    expect(found("New York")).toEqual(["America/New_York"]);
    expect(found("new_york")).toEqual(["America/New_York"]);
    expect(found("São Paulo")).toEqual(["America/Sao_Paulo"]);
    expect(found("buenos argentina")).toEqual(["America/Argentina/Buenos_Aires"]);
    expect(found("nowhere")).toEqual([]);
  });

  it("are listed once each, by today's names", () => {
    const values = zoneOptions("Asia/Calcutta").map((option) => option.value);
    expect(values).not.toContain("Asia/Calcutta");
    expect(values).toContain("Europe/Kyiv");
    expect(new Set(values).size).toBe(values.length);
  });

  it("are usable by their new names too", () => {
    for (const { value } of zoneOptions("UTC")) expect(isZone(value), value).toBe(true);
    expect(isZone("Mars/Olympus")).toBe(false);
  });

  it("keep a name that the browser does not list, when it is the chosen one", () => {
    expect(zoneOptions("Etc/GMT+5").some((option) => option.value === "Etc/GMT+5")).toBe(true);
    expect(currentZone("Etc/GMT+5")).toBe("Etc/GMT+5");
  });

  it("are labelled by place, then region", () => {
    expect(zoneLabel("America/Argentina/Buenos_Aires")).toBe("Buenos Aires, Argentina (America)");
    expect(zoneLabel("UTC")).toBe("UTC");
  });
});
