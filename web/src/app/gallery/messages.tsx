import { Button } from "@mantine/core";
import { Chip, Note } from "@/components/ui/note";
import { Score, Stars } from "@/components/ui/stars";
import { Verified } from "@/components/ui/verified";
import classes from "./gallery.module.css";
import { Section, Specimen, Specimens } from "./section";

const KINDS = ["good", "wait", "bad", "info", "idle"] as const;

export function Messages() {
  return (
    <Section id="messages" title="Notes and badges">
      <Specimens>
        {KINDS.map((kind) => (
          <Specimen key={kind} title={`Note, ${kind}`}>
            <Note kind={kind} title="The card was declined">
              <p>
                You can fix this until tomorrow.{" "}
                <Button size="compact-sm" variant="default">
                  Try again
                </Button>
              </p>
            </Note>
          </Specimen>
        ))}
        <Specimen title="Badges">
          <div className={classes.row}>
            {KINDS.map((kind) => (
              <Chip key={kind} kind={kind}>
                {kind}
              </Chip>
            ))}
          </div>
        </Specimen>
        <Specimen title="Average rating: some, one, none">
          <div className={classes.row}>
            <Stars average={4.83} count={1234} />
            <Stars average={3} count={1} />
            <Stars average={null} count={0} />
          </div>
        </Specimen>
        <Specimen title="A score, the verified mark">
          <div className={classes.row}>
            <Score score={4} />
            <Verified />
          </div>
        </Specimen>
      </Specimens>
    </Section>
  );
}
