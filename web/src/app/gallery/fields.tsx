import {
  Checkbox,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Radio,
  Slider,
  Stack,
  Switch,
  TagsInput,
  TextInput,
  Textarea,
} from "@mantine/core";
import { SecretInput } from "@/components/ui/secret-input";
import { Section, Specimen, Specimens } from "./section";

type State = { error?: string; disabled?: boolean };

function Form({ error, disabled = false }: State) {
  const common = { disabled, ...(error ? { error } : {}) };
  return (
    <Stack>
      <TextInput label="First name" description="As others see it" defaultValue="Ada" {...common} />
      <Textarea label="Message" placeholder="Optional" minRows={2} autosize {...common} />
      <SecretInput
        label="Password"
        eye="Show or hide the password"
        defaultValue="correct horse"
        {...common}
      />
      <NativeSelect label="Language" data={["English", "Deutsch"]} {...common} />
      <NumberInput label="Maximum hourly rate" defaultValue={150} hideControls {...common} />
      <TagsInput label="Expertise" defaultValue={["postgresql", "backups"]} clearable={false} {...common} />
      <MultiSelect label="Languages" data={["en", "de"]} defaultValue={["en"]} {...common} />
      <Checkbox label="I allow this card to be charged" {...common} />
      <Switch label="Reminders" defaultChecked {...common} />
      <Radio.Group label="You are" defaultValue="seeker" {...(error ? { error } : {})}>
        <Radio value="seeker" label="A seeker" disabled={disabled} mt="xs" />
        <Radio value="consultant" label="A consultant" disabled={disabled} mt="xs" />
      </Radio.Group>
    </Stack>
  );
}

export function Fields() {
  return (
    <Section id="fields" title="Forms">
      <Specimens>
        <Specimen title="As they are">
          <Form />
        </Specimen>
        <Specimen title="With errors">
          <Form error="Say this in fewer words" />
        </Specimen>
        <Specimen title="Disabled">
          <Form disabled />
        </Specimen>
        <Specimen title="A slider">
          <Slider defaultValue={40} thumbLabel="Zoom" />
        </Specimen>
      </Specimens>
    </Section>
  );
}
