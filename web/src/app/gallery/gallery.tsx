/** Every shared component in all its states, with the same data always. Development only: see web/README.md. */
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { LanguageSelect } from "@/components/ui/language-select";
import Toasts from "@/components/ui/toasts";
import { Actions } from "./actions";
import { sampleAnswers } from "./answers";
import { Bookings } from "./bookings";
import { Dialogs } from "./dialogs";
import { Experts } from "./experts";
import { Fields } from "./fields";
import classes from "./gallery.module.css";
import { Messages } from "./messages";
import { Money } from "./money";
import { english } from "./section";
import { States } from "./states";
import { Times } from "./times";

const SECTIONS = {
  actions: Actions,
  messages: Messages,
  states: States,
  experts: Experts,
  times: Times,
  bookings: Bookings,
  money: Money,
  fields: Fields,
  dialogs: Dialogs,
};

export function Component() {
  const [answers] = useState(sampleAnswers);
  return (
    <QueryClientProvider client={answers}>
      <title>Gallery</title>
      <main className={classes.gallery}>
        <div className={classes.head}>
          <h1 {...english}>Gallery</h1>
          <LanguageSelect size="xs" />
        </div>
        <nav aria-label="Sections" {...english}>
          <ul className={classes.contents}>
            {Object.keys(SECTIONS).map((id) => (
              <li key={id}>
                <a href={`#${id}`}>{id}</a>
              </li>
            ))}
          </ul>
        </nav>
        {Object.entries(SECTIONS).map(([id, Part]) => (
          <Part key={id} />
        ))}
      </main>
      <Toasts />
    </QueryClientProvider>
  );
}
