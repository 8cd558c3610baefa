import { screen } from "@testing-library/react";
import { Trans } from "react-i18next";
import { expect, it } from "vitest";
import { show } from "@/test/screen";

it("has markup by name, and arguments", () => {
  show(
    <p>
      <Trans
        i18nKey="By signing up, {name}, you accept the <b>terms of use</b>."
        values={{ name: "Sam" }}
        components={{ b: <strong /> }}
      />
    </p>,
  );
  expect(screen.getByText("terms of use").tagName).toBe("STRONG");
  expect(screen.getByText(/^By signing up, Sam, you accept the/)).toBeInTheDocument();
});
