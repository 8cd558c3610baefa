import { Anchor, Button, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { Note } from "@/components/ui/note";
import { SecretInput } from "@/components/ui/secret-input";
import { AuthFrame } from "@/features/session/auth-frame";
import { PASSWORD_LENGTH, passwordProblem } from "@/features/session/form";
import { linkToken, resetPassword } from "@/features/session/recovery";
import { named, useSubmit } from "@/lib/form";

/** Where the link of a reset mail leads: a new password, after which every session is over. */
export function Component() {
  const { hash } = useLocation();
  const [token] = useState(() => linkToken(hash));
  const [done, setDone] = useState(false);
  const form = useForm({
    mode: "uncontrolled",
    enhanceGetInputProps: named,
    initialValues: { new_password: "" },
    validate: { new_password: passwordProblem },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ new_password }) => resetPassword(token, new_password),
    { onSuccess: () => setDone(true) },
  );
  return (
    <AuthFrame title="Choose a new password" question="Remembered it?" to="/login" answer="Log in">
      {done ? (
        <Note kind="good" live title="Your password is changed.">
          <p>
            All devices are logged out.{" "}
            <Anchor component={Link} to="/login" underline="always">
              Log in with the new password
            </Anchor>
          </p>
        </Note>
      ) : !token ? (
        <Note kind="bad">This link is incomplete. Please open it again from the mail.</Note>
      ) : (
        <form onSubmit={onSubmit} noValidate>
          <Stack>
            {problem && (
              <Note kind="bad" live>
                {problem}
              </Note>
            )}
            <SecretInput
              label="New password"
              description={`At least ${PASSWORD_LENGTH.min} characters; a few words are fine`}
              autoComplete="new-password"
              what="the new password"
              key={form.key("new_password")}
              {...form.getInputProps("new_password")}
            />
            <Button type="submit" size="md" loading={busy}>
              Change password
            </Button>
          </Stack>
        </form>
      )}
    </AuthFrame>
  );
}
