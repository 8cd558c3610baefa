import { Button, Text } from "@mantine/core";
import { Link } from "react-router";
import { Page } from "@/components/ui/page";

export function Component() {
  return (
    <Page title="There is nothing here" narrow>
      <Text mb="lg">The address may be mistyped, or what was here is gone.</Text>
      <Button component={Link} to="/find">
        Find an expert
      </Button>
    </Page>
  );
}
