import { ActionIcon, Button } from "@mantine/core";
import { HeartIcon, HeartLineIcon, LeftIcon, PlusIcon, RightIcon, StopIcon } from "@/components/ui/icons";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { DownloadButton } from "@/components/ui/download-button";
import classes from "./gallery.module.css";
import { Section, Specimen, Specimens } from "./section";

const VARIANTS = ["filled", "light", "default", "subtle"] as const;

export function Actions() {
  return (
    <Section id="actions" title="Buttons and links">
      <Specimens>
        {VARIANTS.map((variant) => (
          <Specimen key={variant} title={`Button, ${variant}`}>
            <div className={classes.row}>
              <Button variant={variant}>Book again</Button>
              <Button variant={variant} disabled>
                Disabled
              </Button>
              <Button variant={variant} loading>
                Loading
              </Button>
              <Button variant={variant} size="compact-sm">
                Small
              </Button>
            </div>
          </Specimen>
        ))}
        <Specimen title="What cannot be undone">
          <div className={classes.row}>
            <Button variant="default" className="danger">
              Cancel booking
            </Button>
            <Button color="red.9" leftSection={<StopIcon />}>
              End session
            </Button>
          </div>
        </Specimen>
        <Specimen title="Icons: kept, not kept, back, forth, add">
          <div className={classes.row}>
            <ActionIcon variant="subtle" size={40} aria-label="Kept" aria-pressed>
              <HeartIcon />
            </ActionIcon>
            <ActionIcon variant="subtle" size={40} aria-label="Not kept" aria-pressed={false}>
              <HeartLineIcon />
            </ActionIcon>
            <ActionIcon variant="default" size={36} aria-label="Back">
              <LeftIcon />
            </ActionIcon>
            <ActionIcon variant="default" size={36} aria-label="Forth">
              <RightIcon />
            </ActionIcon>
            <ActionIcon variant="default" size={36} aria-label="Add" disabled>
              <PlusIcon />
            </ActionIcon>
          </div>
        </Specimen>
        <Specimen title="A file, a link">
          <div className={classes.row}>
            <DownloadButton label="Download PDF" fetch={() => Promise.reject(new Error("no file"))} />
            <a href="#actions">A link in a text</a>
          </div>
        </Specimen>
        <Specimen title="Notices that pass">
          <div className={classes.row}>
            <Button variant="default" onClick={() => notifySuccess("Your rating is saved.")}>
              Show success
            </Button>
            <Button variant="default" onClick={() => notifyError("The card was declined.")}>
              Show error
            </Button>
          </div>
        </Specimen>
      </Specimens>
    </Section>
  );
}
