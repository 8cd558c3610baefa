import { Button, FileButton, Group, Skeleton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/ui/dialog";
import { lazyPart } from "@/components/ui/lazy-part";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { Avatar } from "@/components/ui/person";
import type { Profile } from "@/features/directory/api";
import { sentence } from "@/lib/api/problem";
import { keys } from "@/lib/query-keys";
import { removePhoto, savePhoto } from "./api";
import { readPicture } from "./crop";
import classes from "./photo-editor.module.css";

const CropPhoto = lazyPart(() => import("./crop-photo"));

/** What the browser itself must be able to take in; the server sets its own limits to what is sent. */
const LARGEST_FILE = 40 * 1024 * 1024;
const TYPES = ["image/jpeg", "image/png", "image/webp"];

/** The consultant's photo: chosen, cut to a square, sent, removed. */
export function PhotoEditor({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [picture, setPicture] = useState<HTMLImageElement | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reset = useRef<() => void>(null);
  const shown = (photo_url: string | null) => {
    client.setQueryData(keys.directory.profile(profile.consultant_id), { ...profile, photo_url });
    void client.invalidateQueries({ queryKey: keys.directory.all });
  };
  const close = () => {
    if (picture) URL.revokeObjectURL(picture.src);
    setPicture(null);
    reset.current?.();
  };
  const save = useMutation({
    mutationFn: savePhoto,
    onSuccess: ({ photo_url }) => {
      shown(photo_url);
      close();
      notifySuccess(t("Your photo is saved."));
    },
  });
  const remove = useMutation({
    mutationFn: removePhoto,
    onMutate: () => setProblem(null),
    onSuccess: () => {
      shown(null);
      notifySuccess(t("Your photo is removed."));
    },
    onError: (error) => setProblem(sentence(error)),
  });
  const choose = async (file: File | null) => {
    if (!file) return;
    setProblem(null);
    save.reset();
    if (!TYPES.includes(file.type))
      return setProblem(t("This isn’t a picture that we can show. Please choose a JPEG, PNG or WebP file."));
    if (file.size > LARGEST_FILE)
      return setProblem(t("This picture is too large. Please choose a smaller one."));
    try {
      setPicture(await readPicture(file));
    } catch {
      setProblem(t("This picture can’t be read. Please choose another one."));
    }
  };
  return (
    <section className={`card ${classes.photo}`} aria-label={t("Photo")} data-rows>
      <Avatar person={profile} size={84} />
      <div className={classes.text}>
        <h2>{t("Photo")}</h2>
        <p>{t("People are more likely to book someone whose face they can see.")}</p>
        <ErrorNote error={problem} />
      </div>
      <Group gap="xs">
        <FileButton accept={TYPES.join(",")} resetRef={reset} onChange={(file) => void choose(file)}>
          {(props) => (
            <Button variant="default" data-row-add {...props}>
              {profile.photo_url ? t("Change photo") : t("Choose photo")}
            </Button>
          )}
        </FileButton>
        {profile.photo_url && (
          <Button
            variant="default"
            className="danger"
            data-row
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t("Remove photo")}
          </Button>
        )}
      </Group>
      <Dialog opened={picture !== null} onClose={close} title={t("Crop your photo")}>
        {picture && (
          <Suspense fallback={<Skeleton height={320} />}>
            <CropPhoto
              picture={picture}
              busy={save.isPending}
              problem={save.isError ? sentence(save.error) : null}
              onCancel={close}
              onCropped={(photo) => save.mutate(photo)}
            />
          </Suspense>
        )}
      </Dialog>
    </section>
  );
}
