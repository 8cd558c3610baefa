import { PasswordInput, type PasswordInputProps } from "@mantine/core";

type Props = Omit<PasswordInputProps, "visibilityToggleButtonProps"> & {
  /** What the eye does, where there are several: "Show or hide the new password". */
  eye: string;
};

/** A password that can be looked at, by keyboard too; says to screen readers when it is not valid, which Mantine's own doesn't. */
export function SecretInput({ eye, ...props }: Props) {
  return (
    <PasswordInput
      visibilityToggleButtonProps={{ "aria-label": eye, tabIndex: 0 }}
      aria-invalid={props.error ? true : undefined}
      {...props}
    />
  );
}
