import { PasswordInput, type PasswordInputProps } from "@mantine/core";

type Props = Omit<PasswordInputProps, "visibilityToggleButtonProps"> & {
  /** What the eye shows and hides: "the new password". */
  what: string;
};

/** A password that can be looked at, by keyboard too; says to screen readers when it is not valid, which Mantine's own doesn't. */
export function SecretInput({ what, ...props }: Props) {
  return (
    <PasswordInput
      visibilityToggleButtonProps={{ "aria-label": `Show or hide ${what}`, tabIndex: 0 }}
      aria-invalid={props.error ? true : undefined}
      {...props}
    />
  );
}
