import { Button } from "@mantine/core";
import { Link } from "react-router";
import { t } from "@/lib/i18n/i18n";
import { expertPath } from "./address";

type Props = { expert: { id: string; first_name: string; last_name: string } };

/** From a session that is over to the expert's free times. */
export function BookAgain({ expert }: Props) {
  return (
    <Button component={Link} variant="light" to={expertPath({ ...expert, consultant_id: expert.id })}>
      {t("Book again")}
    </Button>
  );
}
