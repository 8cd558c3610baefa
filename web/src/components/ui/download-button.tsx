import { Button, type ButtonProps } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type Download, save } from "@/lib/download";
import { DownloadIcon } from "./icons";
import { notifyError } from "./notify";

type Props = Pick<ButtonProps, "size" | "variant"> & {
  label: string;
  /** What a screen reader says, where the label alone is not enough. */
  name?: string;
  fetch: () => Promise<Download>;
};

/** Fetches a file and saves it. */
export function DownloadButton({ label, name, fetch, size = "sm", variant = "default" }: Props) {
  const download = useMutation({ mutationFn: fetch, onSuccess: save, onError: notifyError });
  return (
    <Button
      variant={variant}
      size={size}
      leftSection={<DownloadIcon size={16} />}
      loading={download.isPending}
      onClick={() => download.mutate()}
      {...(name ? { "aria-label": name } : {})}
    >
      {label}
    </Button>
  );
}
