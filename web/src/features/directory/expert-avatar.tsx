import { Avatar } from "@/components/ui/person";
import { useExpertPhoto } from "./expert-photo";

type Props = { expert: { id: string; first_name: string; last_name: string }; size?: number };

/** An expert of whom only the name is at hand: their photo, and their initials until it is known. */
export function ExpertAvatar({ expert, size }: Props) {
  const photo = useExpertPhoto(expert.id);
  return <Avatar person={{ ...expert, photo_url: photo }} {...(size ? { size } : {})} />;
}
